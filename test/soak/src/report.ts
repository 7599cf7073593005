import { cpus, totalmem } from 'node:os';
import type { Observed, SpanCounts } from './messages.ts';
import type { Plan } from './plan.ts';
import type { Run } from './run.ts';
import { slope } from './slope.ts';

const MB = 1_000_000;
/** Of the load, so that what is still being opened and filled is no slope. */
const RAMP = 0.25;

interface Figure {
  readonly title: string;
  readonly unit: string;
  readonly of: (sample: Observed) => number;
}

const FIGURES: readonly Figure[] = [
  { title: 'heap after a collection', unit: 'MB', of: ({ heapUsed }) => heapUsed / MB },
  { title: 'memory outside the heap', unit: 'MB', of: ({ external }) => external / MB },
  { title: 'resident memory', unit: 'MB', of: ({ rss }) => rss / MB },
  { title: 'active resources', unit: '', of: ({ resources }) => total(resources) },
  { title: 'sockets at the provider', unit: '', of: ({ sockets }) => sockets },
  { title: 'operations open', unit: '', of: ({ openOperations }) => openOperations },
];

const DELAYS: readonly Figure[] = [
  { title: 'mean', unit: 'ms', of: ({ loopDelay }) => loopDelay.mean },
  { title: '99th percentile', unit: 'ms', of: ({ loopDelay }) => loopDelay.p99 },
];

/** The samples of the load. */
export function underLoad({ samples }: Run): readonly Observed[] {
  return samples.filter(({ moment }) => moment === 'load');
}

/** The one sample of this moment. */
export function sampleAt({ samples }: Run, moment: 'baseline' | 'end'): Observed {
  const sample = samples.find((each) => each.moment === moment);
  if (sample === undefined) throw new Error(`there is no sample of the ${moment}`);
  return sample;
}

/** Spans of all scopes, or of those whose name begins so. */
export function spansOf({ farewell }: Run, scope: string = ''): SpanCounts {
  const chosen = Object.entries(farewell.spans).filter(([name]) => name.startsWith(scope));
  const sum = (station: keyof SpanCounts): number => chosen.reduce((count, [, counts]) => count + counts[station], 0);
  return { started: sum('started'), ended: sum('ended'), exported: sum('exported') };
}

/** The report of a soak, as Markdown. */
export function report(plan: Plan, runs: readonly Run[], command: string): string {
  const names = runs.map(title);
  return [
    '# What is left after the load',
    '',
    `Written by \`${command}\`: ${number(plan.minutes)} minutes of load on Node ${process.version}, ${process.platform}, ${cpus().length} processors shared with other work, ${(totalmem() / 1e9).toFixed(0)} GB.`,
    `${runs.length === 1 ? 'One application process' : 'Two application processes'} at the same time (${names.join(', ')}), each against a provider process of its own; both use the OpenAI and Anthropic SDKs and Node's fetch.`,
    '',
    ...list([
      `${whole(plan.streams)} streams are read at every moment, ${plan.streamEvents} events in ${number((plan.streamEvents * plan.streamPause) / 1_000)} s each`,
      `${whole(plan.idle)} more are open from the beginning to the end, one event in ${number(plan.idlePause / 1_000)} s each; half of them unread. At the end one half is aborted, the other forgotten`,
      `${plan.misusers} callers go through ${Object.keys(runs[0]?.farewell.uses ?? {}).length} uses of a call: left by \`break\`, aborted, unread, forgotten, split by \`tee\`, retried, and every fault that cuts an answer off`,
    ]),
    '',
    'The baseline is taken after a round through all of it, the end after the load, each with connections closed and after garbage collections.',
    '',
    '## Memory, handles, open calls',
    '',
    ...table(
      ['', 'process', 'baseline', 'under load', 'slope per minute', 'end', 'end − baseline'],
      FIGURES.flatMap(({ title: what, unit, of }) =>
        runs.map((run, index) => {
          const [before, after] = [of(sampleAt(run, 'baseline')), of(sampleAt(run, 'end'))];
          const steady = steadyPart(run);
          return [
            index === 0 ? `${what}${unit === '' ? '' : `, ${unit}`}` : '',
            title(run),
            number(before),
            range(steady.map(of)),
            signed(slope(steady.map((sample) => [sample.at / 60, of(sample)]))),
            number(after),
            signed(after - before),
          ];
        }),
      ),
    ),
    '',
    `Slopes are least squares over the samples of the last ${(1 - RAMP) * 100} % of the load (${steadyPart(runs[0]).length} samples each); each sample is taken after a garbage collection.`,
    '',
    '## Delay of the event loop',
    '',
    ...table(
      ['', ...names],
      DELAYS.map(({ title: what, unit, of }) => [`${what}, ${unit}: median of the samples (lowest to highest)`, ...runs.map((run) => spread(steadyPart(run).map(of)))]),
    ),
    '',
    'The resolution of the measurement, 10 ms, is part of each figure. The processes share the processors with each other and their providers.',
    '',
    '## Objects of our classes',
    '',
    ...instances(runs),
    '',
    '## Calls and spans',
    '',
    ...table(
      ['', ...names],
      [
        ['calls made', ...runs.map((run) => whole(sampleAt(run, 'end').calls))],
        ['spans started', ...runs.map((run) => whole(spansOf(run).started))],
        ['spans ended', ...runs.map((run) => whole(spansOf(run).ended))],
        ['spans exported', ...runs.map((run) => whole(spansOf(run).exported))],
        ['rejections that nobody handled', ...runs.map((run) => whole(run.farewell.unhandled.length))],
        ['warnings of OpenTelemetry or Outspan', ...runs.map((run) => whole(run.farewell.diagnostics.length))],
        ['every connection could be closed', ...runs.map(({ farewell }) => (farewell.poolClosed ? 'yes' : 'no'))],
        ['the process ended by itself', ...runs.map(({ exitCode }) => (exitCode === 0 ? 'yes' : 'no'))],
      ],
    ),
    '',
  ].join('\n');
}

function title({ variant }: Run): string {
  return variant === 'bare' ? 'without Outspan' : 'with Outspan';
}

function steadyPart(run: Run | undefined): readonly Observed[] {
  const samples = run === undefined ? [] : underLoad(run);
  return samples.slice(Math.floor(samples.length * RAMP));
}

function instances(runs: readonly Run[]): readonly string[] {
  const run = runs.find(({ variant }) => variant === 'outspan');
  if (run === undefined) return ['No process with Outspan was run.'];
  const { baseline = {}, load, end = {} } = run.instances;
  const names = Object.keys(end).filter((name) => Math.max(baseline[name] ?? 0, load?.[name] ?? 0, end[name] ?? 0) > 0);
  const bare = runs.find(({ variant }) => variant === 'bare')?.instances.end;
  return [
    'From heap snapshots of the process with Outspan, by the names of the classes in our builds; a name that others use too is counted in both processes. As many last calls as before are held, such as one for a span that another instrumentation may make of the same request.',
    '',
    ...table(
      ['class', 'baseline', ...(load === undefined ? [] : ['under load']), 'end', 'end, without Outspan'],
      names.map((name) => [`\`${name}\``, whole(baseline[name] ?? 0), ...(load === undefined ? [] : [whole(load[name] ?? 0)]), whole(end[name] ?? 0), whole(bare?.[name] ?? 0)]),
    ),
  ];
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function number(value: number): string {
  return Number.isInteger(value) ? whole(value) : value.toFixed(1);
}

function whole(value: number): string {
  return value.toLocaleString('en-US');
}

function signed(value: number): string {
  const text = Math.abs(value) < 0.05 ? '0' : number(Math.abs(value));
  return text === '0' ? '0' : `${value < 0 ? '−' : '+'}${Number.isInteger(value) ? text : Math.abs(value).toFixed(1)}`;
}

function range(values: readonly number[]): string {
  return values.length === 0 ? '' : `${number(Math.min(...values))} to ${number(Math.max(...values))}`;
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  return `${number(sorted[Math.floor(sorted.length / 2)] ?? 0)} (${range(values)})`;
}

function list(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `- ${line}`);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
