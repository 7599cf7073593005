import { resolve } from 'node:path';
import { generate } from '../outputs/generators.ts';
import { writeOutput } from '../outputs/write.ts';
import { type Arguments, MODEL_FILE } from './arguments.ts';
import type { Console } from './console.ts';
import { covered } from './covered.ts';
import { loadModel } from './load-model.ts';

/** `outspan-slo generate` */
export async function generateFiles(given: Arguments & { readonly command: 'generate' }, console: Console): Promise<void> {
  const { model, file } = await loadModel(given, console);
  const done = await writeOutput(resolve(console.cwd, given.out), generate(model, given.only), covered(given.only));
  console.out(`${given.out}: ${done.missing.length} files new, ${done.outdated.length} changed, ${done.current.length} as they were, ${done.stale.length} removed, from ${file ?? `the defaults (there is no ${MODEL_FILE})`}`);
  for (const path of done.stale) console.out(`  removed ${path}`);
  for (const path of done.edited) console.err(`  ${path} is no longer generated; it was changed since, so it stays`);
}
