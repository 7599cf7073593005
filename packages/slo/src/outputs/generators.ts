import { alertmanagerFiles } from '../alertmanager/generate.ts';
import { openSloFiles } from '../exchange/openslo.ts';
import { slothFiles } from '../exchange/sloth.ts';
import { grafanaFiles } from '../grafana/generate.ts';
import { honeycombFiles } from '../honeycomb/generate.ts';
import type { Model } from '../model/model.ts';
import { prometheusFiles } from '../prometheus/generate.ts';
import { runbookFiles } from '../runbooks/generate.ts';
import type { Generator, OutputFile } from './output-file.ts';

/** A kind of output: a folder of its own, and what `--only` takes. */
export type OutputKind = 'prometheus' | 'alertmanager' | 'grafana' | 'runbooks' | 'openslo' | 'sloth' | 'honeycomb';

/** Every generator, by the folder that its files are in. */
export const GENERATORS: Readonly<Record<OutputKind, Generator>> = {
  prometheus: prometheusFiles,
  alertmanager: alertmanagerFiles,
  grafana: grafanaFiles,
  runbooks: runbookFiles,
  openslo: openSloFiles,
  sloth: slothFiles,
  honeycomb: honeycombFiles,
};

/** Every kind, in the order in which they are listed. */
export const OUTPUT_KINDS: readonly OutputKind[] = Object.keys(GENERATORS).filter(isOutputKind);

/** Whether there is a kind of output of that name. */
export function isOutputKind(name: string): name is OutputKind {
  return Object.hasOwn(GENERATORS, name);
}

/**
 * Generates files from a model, in memory. The same model gives the same bytes.
 * @param only the kinds to generate; default: all
 */
export function generate(model: Model, only: readonly OutputKind[] = OUTPUT_KINDS): readonly OutputFile[] {
  const files = OUTPUT_KINDS.filter((kind) => only.includes(kind)).flatMap((kind) => GENERATORS[kind](model));
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
