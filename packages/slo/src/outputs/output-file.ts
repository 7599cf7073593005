import type { Model } from '../model/model.ts';

/** One generated file. The same model gives the same bytes. */
export interface OutputFile {
  /** Relative to the output folder, with forward slashes: `prometheus/rules.yaml`. */
  readonly path: string;
  readonly text: string;
}

/** Makes the files of one kind of output. */
export type Generator = (model: Model) => readonly OutputFile[];
