import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { TEMPLATE } from '../model/template.ts';
import { type Console, Failure } from './console.ts';

/** `outspan-slo init` */
export async function init(file: string, console: Console): Promise<void> {
  try {
    // `wx`: never over a file that is there.
    await writeFile(resolve(console.cwd, file), TEMPLATE, { flag: 'wx' });
  } catch (error) {
    const there = Object(error)['code'] === 'EEXIST';
    throw new Failure([there ? `${file} is there already, and was left as it is` : `${file}: ${error instanceof Error ? error.message : String(error)}`]);
  }
  console.out(`${file}: written. Everything in it is a default; change what you promise, then run outspan-slo generate.`);
}
