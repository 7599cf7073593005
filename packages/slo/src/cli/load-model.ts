import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { findingInWords } from '../model/finding.ts';
import type { Model } from '../model/model.ts';
import { parseModel } from '../model/parse.ts';
import { LONGEST_FILE } from '../model/yaml-source.ts';
import { MODEL_FILE, type ModelArguments } from './arguments.ts';
import { type Console, Failure } from './console.ts';

/** The model that a command works on. */
export interface LoadedModel {
  readonly model: Model;
  /** Undefined: there was no file, it is the default model. */
  readonly file: string | undefined;
}

/**
 * Reads the model, and prints what is doubtful about it.
 * @throws Failure
 */
export async function loadModel({ file, timeScale }: ModelArguments, console: Console): Promise<LoadedModel> {
  const name = file ?? MODEL_FILE;
  const text = await textOf(resolve(console.cwd, name), name, file === undefined);
  const { model, problems, warnings } = parseModel(text ?? '', { file: name, timeScale });
  for (const warning of warnings) console.err(`${findingInWords(warning)} (warning)`);
  if (model === undefined) throw new Failure(problems.map(findingInWords));
  return { model, file: text === undefined ? undefined : name };
}

async function textOf(path: string, name: string, mayBeMissing: boolean): Promise<string | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (Object(error)['code'] === 'ENOENT') {
      if (mayBeMissing) return undefined;
      throw new Failure([`${name}: there is no such file`]);
    }
    throw new Failure([`${name}: ${error instanceof Error ? error.message : String(error)}`]);
  }
  if (bytes.length > LONGEST_FILE) throw new Failure([`${name}:1:1: the file has ${bytes.length} bytes; a model has at most ${LONGEST_FILE}`]);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Failure([`${name}:1:1: the file is no UTF-8 text`]);
  }
}
