/** `npm run soak`: the long form of the load, and its report. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Variant } from './messages.ts';
import { longPlan, SHORT_PLAN, type Plan } from './plan.ts';
import { report } from './report.ts';
import { run } from './run.ts';

const HELP = `npm run soak -- [options]

  --minutes <n>     of load (30)
  --streams <n>     streams that are read at every moment (1000)
  --idle <n>        streams that are open all the time (10000); each needs two open files here
  --short           the short form that the tests run
  --only <variant>  bare or outspan; without it both, side by side
  --report <file>   where the report goes as well`;

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string' },
    streams: { type: 'string' },
    idle: { type: 'string' },
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    report: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (options.help) console.log(HELP);
else await main();

async function main(): Promise<void> {
  const plan = chosenPlan();
  const runs = await Promise.all(chosenVariants().map((variant) => run(variant, plan)));
  const text = report(plan, runs, ['npm run soak --', ...(options.short ? ['--short'] : ['--minutes', String(plan.minutes)]), ...given('streams'), ...given('idle'), ...given('only')].join(' '));
  console.log(text);
  // npm runs this in the package's folder; a path is meant from where the user is.
  if (options.report !== undefined) await writeFile(resolve(process.env['INIT_CWD'] ?? '.', options.report), text);
}

function given(option: 'streams' | 'idle' | 'only'): readonly string[] {
  const value = options[option];
  return value === undefined ? [] : [`--${option}`, value];
}

function chosenPlan(): Plan {
  const plan = options.short ? SHORT_PLAN : longPlan(positive('minutes', 30));
  return { ...plan, streams: positive('streams', plan.streams), idle: positive('idle', plan.idle) };
}

function chosenVariants(): readonly Variant[] {
  const both: readonly Variant[] = ['bare', 'outspan'];
  if (options.only === undefined) return both;
  const chosen = both.filter((variant) => variant === options.only);
  if (chosen.length === 0) throw new RangeError(`--only takes bare or outspan, not ${options.only}`);
  return chosen;
}

function positive(option: 'minutes' | 'streams' | 'idle', otherwise: number): number {
  const value = options[option] === undefined ? otherwise : Number(options[option]);
  if (!(value > 0)) throw new RangeError(`--${option} takes a number above 0, not ${options[option]}`);
  return value;
}
