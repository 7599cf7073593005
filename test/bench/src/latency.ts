/**
 * `pnpm --filter @outspan/test-bench latency`: what an application's calls take while its telemetry's backend is up, down or
 * hanging. Every measure is a fresh process; a round goes through all states, and ratios are taken within a round.
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { startServer } from './process.ts';
import { paired, spread } from './statistics.ts';

const APPLICATION = fileURLToPath(new URL('./latency-application.mjs', import.meta.url));
const ROWS = new URL('../../safety/rows/backend-latency.json', import.meta.url);
const COMMAND = 'npx pnpm --filter @outspan/test-bench latency';

const STATES = {
  bare: 'without Outspan',
  up: 'up',
  refused: 'not there (connection refused)',
  hanging: 'hanging: it never answers',
  '503': 'answering 503',
} as const;
type State = keyof typeof STATES;
const IDS: readonly State[] = ['bare', 'up', 'refused', 'hanging', '503'];

/** What one run of the application tells, in milliseconds. */
interface Run {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Of each call. */
  readonly cpu: number;
}
const FIGURES = ['p50', 'p95', 'p99', 'cpu'] as const;

/** How much longer than with a backend that is up the middle call may take, in the middle round: a machine's own unrest makes that much of equal runs. */
const SAME = 1.1;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' }, calls: { type: 'string', default: '400' } } });
const [rounds, calls] = [Number(values.rounds), Number(values.calls)];
if (![rounds, calls].every((number) => Number.isInteger(number) && number > 0)) throw new RangeError('--rounds and --calls take whole numbers from 1 on');

const provider = await startServer();
const backend = createServer((request, response) => {
  request.resume().once('end', () => {
    if (request.url?.startsWith('/hanging') === true) return;
    response.writeHead(request.url?.startsWith('/503') === true ? 503 : 200, { 'content-type': request.headers['content-type'] ?? '' }).end();
  });
});
await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
const { port } = backend.address() as AddressInfo;

const runs: Record<State, Run[]> = { bare: [], up: [], refused: [], hanging: [], '503': [] };
for (let round = 0; round < rounds; round++) for (const id of IDS) runs[id].push(await run(id));
provider.stop();
backend.close();
backend.closeAllConnections();

console.log(`Node ${process.version}, ${availableParallelism()} processors, ${rounds} rounds of ${calls} calls; medians, ratios within a round.\n`);
console.log('| the backend is | p50 | × up | p95 | × up | p99 | × up | CPU of a call | × up |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
for (const id of IDS) console.log(`| ${STATES[id]} | ${FIGURES.flatMap((figure) => [`${median(id, figure).toFixed(2)} ms`, ratio(id, figure).toFixed(2)]).join(' | ')} |`);

if (process.env['OUTSPAN_UPDATE_SAFETY'] === '1') {
  const rows = IDS.filter((id) => id !== 'bare' && id !== 'up').map((id) => ({
    area: 'Backend down',
    tried: `how long calls take while the backend is ${STATES[id]}, side by side with one that is up`,
    times: rounds * calls,
    result: `median of ${rounds} rounds: p50 ${besideUp(id, 'p50')}, p99 ${besideUp(id, 'p99')}, CPU of a call ${besideUp(id, 'cpu')}`,
    holds: ratio(id, 'p50') <= SAME,
    command: COMMAND,
  }));
  writeFileSync(ROWS, `${JSON.stringify(rows, null, 2)}\n`);
}

async function run(id: State): Promise<Run> {
  const args = [...(id === 'bare' ? [] : ['--import', '@outspan/node/register']), APPLICATION, `http://127.0.0.1:${provider.port}/v1`, String(calls)];
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:OTEL|OUTSPAN|OPENAI|NODE_OPTIONS)/.test(name))),
    // Nobody listens on the discard port.
    OTEL_EXPORTER_OTLP_ENDPOINT: id === 'refused' ? 'http://127.0.0.1:9' : `http://127.0.0.1:${port}/${id}`,
    // More exports than anybody would ask for.
    OTEL_BSP_SCHEDULE_DELAY: '100',
    OTEL_BLRP_SCHEDULE_DELAY: '100',
    OTEL_METRIC_EXPORT_INTERVAL: '500',
    OTEL_METRIC_EXPORT_TIMEOUT: '500',
    OUTSPAN_FLUSH_TIMEOUT: '0',
  };
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname, env, timeout: 120_000 });
  const told: unknown = JSON.parse(stdout);
  if (!isRun(told)) throw new Error(`the application said ${stdout}`);
  return told;
}

function isRun(value: unknown): value is Run {
  return typeof value === 'object' && value !== null && FIGURES.every((figure) => typeof Reflect.get(value, figure) === 'number');
}

function median(id: State, figure: (typeof FIGURES)[number]): number {
  return spread(runs[id].map((one) => one[figure])).median;
}

/** In words: how long, and how many times that with a backend that is up. */
function besideUp(id: State, figure: (typeof FIGURES)[number]): string {
  return `${median(id, figure).toFixed(2)} ms (up: ${median('up', figure).toFixed(2)}, × ${ratio(id, figure).toFixed(2)}; without Outspan: ${median('bare', figure).toFixed(2)})`;
}

/** How many times as long as with a backend that is up, within a round. */
function ratio(id: State, figure: (typeof FIGURES)[number]): number {
  return spread(paired(runs[id].map((one) => one[figure]), runs.up.map((one) => one[figure]), (one, up) => one / up)).median;
}
