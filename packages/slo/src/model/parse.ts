import { DEFAULT_MODEL } from './defaults.ts';
import { type Finding, type Path } from './finding.ts';
import type { Model } from './model.ts';
import { misfits, withoutMisfits } from './schema-check.ts';
import { settle } from './settle.ts';
import { readYaml, type Position } from './yaml-source.ts';

/** How a model file is read. */
export interface ParseOptions {
  /** Named in the findings. */
  readonly file: string;
  /** {@link Model.timeScale}: more than 0, at most 1. Default 1. */
  readonly timeScale?: number;
}

/** A model, or what is wrong with it, in the order of the file. */
export type ParsedModel =
  | { readonly model: Model; readonly problems: readonly []; readonly warnings: readonly Finding[] }
  | { readonly model: undefined; readonly problems: readonly [Finding, ...Finding[]]; readonly warnings: readonly Finding[] };

/** More than that is one mistake made many times. */
const MOST_FINDINGS = 100;

/**
 * Reads an `outspan.slo.yaml`. Everything that is wrong is told at once, as far as it can be told apart. An empty text is the default model.
 *
 * Throws nothing: a text that is no YAML, or a megabyte of it, is a problem like any other.
 */
export function parseModel(text: string, { file, timeScale = DEFAULT_MODEL.timeScale }: ParseOptions): ParsedModel {
  const source = readYaml(text);
  const problems: Finding[] = [];
  const warnings: Finding[] = [];
  const at = ({ line, column }: Position, message: string): Finding => ({ file, line, column, message });
  for (const remark of source.errors) problems.push(at(remark, remark.message));
  for (const remark of source.warnings) warnings.push(at(remark, remark.message));
  if (source.errors.length > 0) return parsed(undefined, problems, warnings);
  const value = source.value ?? {};
  const wrong = misfits(value);
  for (const { path, part, message } of wrong) problems.push(at(source.position(path, part), message));
  const model = settle(withoutMisfits(value, wrong), value, timeScale, {
    problem: (path: Path, message: string, part?: 'key' | 'value') => problems.push(at(source.position(path, part), message)),
    warning: (path: Path, message: string, part?: 'key' | 'value') => warnings.push(at(source.position(path, part), message)),
  });
  return parsed(model, problems, warnings);
}

function parsed(model: Model | undefined, problems: readonly Finding[], warnings: readonly Finding[]): ParsedModel {
  const [first, ...others] = inOrder(problems);
  if (first !== undefined) return { model: undefined, problems: [first, ...others], warnings: inOrder(warnings) };
  if (model === undefined) throw new Error('a file without problems has a model');
  return { model, problems: [], warnings: inOrder(warnings) };
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const sorted = findings.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const last = sorted.at(-1);
  if (sorted.length <= MOST_FINDINGS || last === undefined) return sorted;
  return [...sorted.slice(0, MOST_FINDINGS), { ...last, message: `and ${sorted.length - MOST_FINDINGS} more` }];
}
