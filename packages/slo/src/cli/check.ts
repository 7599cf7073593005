import { resolve } from 'node:path';
import { compareOutput } from '../outputs/compare.ts';
import { generate } from '../outputs/generators.ts';
import { askPrometheus } from '../live/ask-prometheus.ts';
import { type Arguments, MODEL_FILE } from './arguments.ts';
import { type Console, Failure } from './console.ts';
import { covered } from './covered.ts';
import { loadModel } from './load-model.ts';

/** `outspan-slo check` */
export async function check(given: Arguments & { readonly command: 'check' }, console: Console): Promise<void> {
  const { model, file } = await loadModel(given, console);
  console.out(`${file ?? `the defaults (there is no ${MODEL_FILE})`}: in order, ${model.slos.length} SLOs`);
  const wrong: string[] = [];
  if (given.out !== undefined) {
    const found = await compareOutput(resolve(console.cwd, given.out), generate(model, given.only), covered(given.only));
    const say = (paths: readonly string[], what: string): number => wrong.push(...paths.map((path) => `${given.out}/${path}: ${what}`));
    say(found.missing.map(({ path }) => path), 'missing');
    say([...found.outdated, ...found.foreign].map(({ path }) => path), 'out of date');
    say([...found.stale, ...found.edited], 'no longer generated');
    if (wrong.length === 0) console.out(`${given.out}: up to date, ${found.current.length} files`);
    else wrong.push(`run outspan-slo generate --out ${given.out}`);
  }
  if (given.prometheus !== undefined) {
    const { problems, notes } = await askPrometheus(given.prometheus, model);
    for (const note of notes) console.err(`${note} (warning)`);
    wrong.push(...problems);
    if (problems.length === 0) console.out(`${given.prometheus.origin}: has what the rules read`);
  }
  if (wrong.length > 0) throw new Failure(wrong);
}
