/**
 * `npm run bench`: what a call costs, with nothing, with Outspan and with its peers, side by side in one run.
 *
 * Every cell (variant × workload) of every round runs in a fresh process; a round goes through all variants before the
 * next begins, so that a disturbance of the machine meets all alike, and ratios are taken within a round.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { CellResult } from './cell.ts';
import type { Measured } from './figures.ts';
import { bars } from './bars.ts';
import { cpuFigures, memoryFigures } from './figures.ts';
import { measure, startServer } from './process.ts';
import { report } from './report.ts';
import { startUp } from './startup.ts';
import { isFor, VARIANT_IDS, VARIANTS } from './variants.ts';
import type { VariantId } from './variants.ts';
import { quick, WORKLOADS } from './workloads.ts';
import type { WorkloadId } from './workloads.ts';

/** Not a workload of calls: what is measured is the start of the process. */
const START_UP = 'start-up';

const HELP = `npm run bench -- [options]

  --rounds <n>          rounds of every cell (9)
  --quick               3 rounds of smaller cells: for a look, not for figures
  --workload <id>       only this workload; may be repeated (${[...Object.keys(WORKLOADS), START_UP].join(', ')})
  --variant <id>        only this variant, and bare; may be repeated (${VARIANT_IDS.join(', ')})
  --profile <folder>    one round, and a CPU profile of each cell in this folder
  --json                print everything as JSON instead of tables`;

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    workload: { type: 'string', multiple: true },
    variant: { type: 'string', multiple: true },
    profile: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (options.help) {
  console.log(HELP);
} else {
  await main();
}

async function main(): Promise<void> {
  const startsToo = options.workload === undefined || options.workload.includes(START_UP);
  const workloads = chosen(options.workload?.filter((id) => id !== START_UP), Object.keys(WORKLOADS).filter(isWorkload), isWorkload, 'workload');
  const variants = [...new Set<VariantId>(['bare', ...chosen(options.variant, VARIANT_IDS, isVariant, 'variant')])];
  const rounds = options.profile !== undefined ? 1 : Number(options.rounds ?? (options.quick ? 3 : 9));
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError(`--rounds takes a whole number from 1 on, not ${options.rounds}`);

  const measured: Record<string, Record<string, CellResult[]>> = {};
  for (let round = 1; round <= rounds; round++) {
    for (const id of workloads) {
      const workload = options.quick ? quick(WORKLOADS[id]) : WORKLOADS[id];
      for (const variant of variants.filter((one) => isFor(one, workload))) {
        progress(`round ${round} of ${rounds}: ${id}, ${variant}`);
        // A server of its own: what one cell left behind there is not the next one's.
        const server = await startServer();
        try {
          ((measured[id] ??= {})[variant] ??= []).push(await measure({ variant, workload, port: server.port, ...profileOf(id, variant) }));
        } finally {
          server.stop();
        }
      }
    }
  }
  progress('');
  if (workloads.length > 0) print(measured, workloads, rounds);
  if (startsToo && !options.json) console.log(`\n${await startUp(rounds)}`);
}

function print(measured: Measured, workloads: readonly WorkloadId[], rounds: number): void {
  const node = process.version;
  const processors = availableParallelism();
  if (options.json) {
    const figures = Object.fromEntries(workloads.map((id) => [id, WORKLOADS[id].kind === 'cpu' ? cpuFigures(measured[id] ?? {}) : memoryFigures(measured[id] ?? {})]));
    console.log(JSON.stringify({ node, processors, rounds, quick: options.quick, figures, bars: bars(measured), measured }, null, 2));
    return;
  }
  console.log(`Node ${node}, ${processors} processors, ${rounds} rounds, openai 6 (CommonJS); medians of rounds, ratios within a round.\n`);
  console.log(report(measured, workloads));
}

function profileOf(workload: WorkloadId, variant: VariantId): { profileTo?: string } {
  return options.profile === undefined ? {} : { profileTo: join(options.profile, `${workload}.${variant}.cpuprofile`) };
}

/** Where the run is, on one line; a log gets none of it. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${text.padEnd(60)}${text === '' ? '\r' : ''}`);
}

function chosen<Id extends string>(given: readonly string[] | undefined, all: readonly Id[], is: (id: string) => id is Id, what: string): readonly Id[] {
  if (given === undefined) return all;
  const wrong = given.find((id) => !is(id));
  if (wrong !== undefined) throw new RangeError(`no ${what} is called ${wrong}: ${all.join(', ')}`);
  return given.filter(is);
}

function isWorkload(id: string): id is WorkloadId {
  return Object.hasOwn(WORKLOADS, id);
}

function isVariant(id: string): id is VariantId {
  return Object.hasOwn(VARIANTS, id);
}
