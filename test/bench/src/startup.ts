import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { paired, spread } from './statistics.ts';

const APPLICATION = fileURLToPath(new URL('./startup-application.mjs', import.meta.url));
const TRACELOOP = fileURLToPath(new URL('./startup-traceloop.mjs', import.meta.url));

const VARIANTS = {
  bare: { title: 'bare', imports: [] },
  instrument: { title: '`@outspan/node/instrument`', imports: ['@outspan/node/instrument'] },
  register: { title: '`@outspan/node/register`', imports: ['@outspan/node/register'] },
  otel: { title: '`@opentelemetry/auto-instrumentations-node/register`', imports: ['@opentelemetry/auto-instrumentations-node/register'] },
  traceloop: { title: '`@traceloop/node-server-sdk`, `initialize()`', imports: [TRACELOOP] },
} as const;
type Variant = keyof typeof VARIANTS;
const IDS: readonly Variant[] = ['bare', 'instrument', 'register', 'otel', 'traceloop'];

/** One start, as the application's first line sees it. */
interface Start {
  /** Milliseconds since the process began. */
  readonly elapsed: number;
  /** Milliseconds of CPU, of all threads. */
  readonly cpu: number;
  /** Bytes of resident memory. */
  readonly memory: number;
}
const FIGURES = ['elapsed', 'cpu', 'memory'] as const;

/**
 * Measures what turning everything on costs before the application's first line runs. Every measure is a fresh process; a
 * round goes through all variants, and ratios are taken within a round.
 *
 * @returns a table in Markdown: medians
 */
export async function startUp(rounds: number): Promise<string> {
  const starts: Record<Variant, Start[]> = { bare: [], instrument: [], register: [], otel: [], traceloop: [] };
  for (let round = 0; round < rounds; round++) for (const id of IDS) starts[id].push(await start(id));
  const rows = IDS.map((id) => `| ${VARIANTS[id].title} | ${FIGURES.flatMap((figure) => [median(starts[id].map((one) => one[figure]), figure), ratio(starts, id, figure)]).join(' | ')} |`);
  return ['| start-up | to the first line | × bare | CPU | × bare | memory | × bare |', '| --- | --- | --- | --- | --- | --- | --- |', ...rows].join('\n');
}

async function start(id: Variant): Promise<Start> {
  const args = [...VARIANTS[id].imports.flatMap((entry) => ['--import', entry]), APPLICATION];
  // Nobody listens there, and nothing is sent: the application makes no call.
  const env = { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:OTEL|OUTSPAN|NODE_OPTIONS)/.test(name))), OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname, env, timeout: 60_000 });
  const seen: unknown = JSON.parse(stdout);
  if (!isStart(seen)) throw new Error(`the application said ${stdout}`);
  return seen;
}

function isStart(value: unknown): value is Start {
  return typeof value === 'object' && value !== null && FIGURES.every((figure) => typeof Reflect.get(value, figure) === 'number');
}

function median(values: readonly number[], figure: (typeof FIGURES)[number]): string {
  const { median: middle } = spread(values);
  return figure === 'memory' ? `${(middle / 1_048_576).toFixed(0)} MiB` : `${middle.toFixed(0)} ms`;
}

function ratio(starts: Readonly<Record<Variant, readonly Start[]>>, id: Variant, figure: (typeof FIGURES)[number]): string {
  if (id === 'bare') return '';
  const [own, bare] = [starts[id], starts.bare].map((all) => all.map((one) => one[figure]));
  return spread(paired(own ?? [], bare ?? [], (with_, without) => with_ / without)).median.toFixed(2);
}
