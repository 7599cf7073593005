import type { Coverage } from '../../coverage.ts';
import type { Calls, LoadedPackage, ProbeRecord, Snapshot } from '../probe/record.ts';
import type { ReportedSdk, Said } from '../report.ts';
import { knownSdk, type KnownSdk } from '../sdks.ts';
import { recordsOf, type ThreadFacts } from './facts.ts';
import { LOADERS } from './reports.ts';

const NOTHING: Snapshot = { outspan: undefined, registry: undefined, packages: [], exporters: [] };
const BOUNDARIES: readonly Coverage[] = ['sdk', 'native', 'inferred'];

/** Merges snapshots. Keeps what an application removes while it ends. */
function lastKnown(snapshots: readonly Snapshot[]): Snapshot {
  const last = snapshots.at(-1) ?? NOTHING;
  const before = (pick: (snapshot: Snapshot) => unknown): Snapshot => snapshots.findLast((snapshot) => pick(snapshot) !== undefined) ?? last;
  return {
    outspan: before(({ outspan }) => outspan).outspan,
    registry: before(({ registry }) => registry?.tracerProvider).registry,
    packages: last.packages,
    exporters: snapshots.findLast(({ exporters }) => exporters.length > 0)?.exporters ?? [],
  };
}

type Hook = Extract<ProbeRecord, { kind: 'hook' }>;

/** Why an SDK is not hooked, as far as it can be seen. */
function whyNot({ name, version, folder, format, early }: LoadedPackage, { hookedBy, tested }: KnownSdk, hooks: readonly Hook[], { outspan, packages }: Snapshot): string {
  if (outspan === undefined) return 'Outspan is not in this thread';
  if (Object.keys(outspan.instrumentations).length === 0) return 'no instrumentation is on';
  if (hookedBy !== undefined && outspan.instrumentations[hookedBy] === undefined) return `${hookedBy} is off`;
  if (hooks.some((hook) => !hook.hooked && hook.sdk === name && hook.format === format && hook.path.startsWith(`${folder}/`))) return `${version ?? 'this version'} is not built as the versions that are known (${tested})`;
  if (format === 'esm' && early) return 'it was loaded before Outspan';
  const loaders = packages.filter((one) => LOADERS.includes(one.name) && one.name !== 'import-in-the-middle').map((one) => one.name);
  if (loaders.length > 0) return `the module loader of ${loaders.join(', ')} may stand in between`;
  return `for a reason that is not seen`;
}

function sdkOf(one: LoadedPackage, hooks: readonly Hook[], snapshot: Snapshot): ReportedSdk[] {
  const known = knownSdk(one.name, one.version ?? '');
  if (known === undefined) return [];
  const { name, version, folder, format } = one;
  const shared = { name, ...(version !== undefined && { version }), format, folder };
  const isLive = Object.keys(snapshot.outspan?.instrumentations ?? {}).length > 0;
  if (!isLive && !one.entry) return [];
  if (!isLive) return [{ ...shared, boundary: 'none', ...(known.hookedBy !== undefined && { hooked: false, why: whyNot(one, known, hooks, snapshot) }) }];
  if (known.hookedBy === undefined) {
    const isOff = known.row.instrumentation !== undefined && snapshot.outspan?.instrumentations[known.row.instrumentation] === undefined;
    return [{ ...shared, boundary: isOff ? 'inferred' : known.row.by, ...(isOff && { why: `${known.row.instrumentation} is off` }) }];
  }
  const hooked = hooks.some((hook) => hook.hooked && hook.sdk === name && hook.format === format && hook.path.startsWith(`${folder}/`));
  // A part of a package alone makes no calls.
  if (!hooked && !one.entry) return [];
  if (hooked) return [{ ...shared, boundary: known.row.by, hooked }];
  return [{ ...shared, boundary: known.row.by === 'native' ? 'native' : 'inferred', hooked, why: whyNot(one, known, hooks, snapshot) }];
}

const NONE: Calls = { seen: 0, recorded: 0 };

function callsIn(records: readonly ProbeRecord[]): Readonly<Record<Coverage, Calls>> {
  return recordsOf(records, 'calls').at(-1)?.calls ?? { sdk: NONE, native: NONE, inferred: NONE };
}

function saidIn(records: readonly ProbeRecord[]): Said[] {
  const said = records.flatMap((record): Said[] => {
    if (record.kind === 'message') return [{ by: 'outspan', level: record.level, text: record.text }];
    return record.kind === 'opentelemetry' ? [{ by: 'opentelemetry', level: record.level, text: record.text }] : [];
  });
  return [...new Map(said.map((one) => [`${one.by} ${one.text}`, one])).values()];
}

/** Sums up the records of one thread. Undefined if there is no record of its start. */
export function threadOf(records: readonly ProbeRecord[]): { readonly thread: ThreadFacts; readonly snapshot: Snapshot } | undefined {
  const [start] = recordsOf(records, 'start');
  if (start === undefined) return undefined;
  const snapshot = lastKnown(recordsOf(records, 'snapshot'));
  const hooks = recordsOf(records, 'hook');
  const { outspan, packages, registry } = snapshot;
  const thread: ThreadFacts = {
    ...start,
    outspan,
    registry,
    packages,
    sdks: packages.flatMap((one) => sdkOf(one, hooks, snapshot)),
    calls: callsIn(records),
    registrations: recordsOf(records, 'registration'),
    announced: new Set(recordsOf(records, 'announcement').map(({ cause }) => cause)),
    said: saidIn(records),
  };
  return { thread, snapshot };
}

/** Package managers and what else runs scripts. */
const LAUNCHER = /[/\\](?:npm|npx|npm-cli|npx-cli|pnpm|pnpx|yarn(?:-[\d.]+)?|yarnpkg|corepack|turbo|nx|lerna|concurrently|npm-run-all|run-[sp]|cross-env|dotenv|dotenvx|nodemon|ts-node-dev|wrap|cli-dist)(?:\.[cm]?js)?$|[/\\](?:npm|pnpm|corepack|yarn)[/\\]|[/\\]outspan-node$/;

function seen({ calls }: ThreadFacts): number {
  return BOUNDARIES.reduce((sum, boundary) => sum + calls[boundary].seen, 0);
}

/** Whether a thread uses an LLM SDK, or made a call. */
export function usesSdk(thread: ThreadFacts): boolean {
  return thread.sdks.length > 0 || seen(thread) > 0;
}

/** The threads that use an SDK. If there are none, the application's main threads, without those of package managers. */
export function threadsThatMatter(threads: readonly ThreadFacts[]): readonly ThreadFacts[] {
  const using = threads.filter(usesSdk);
  if (using.length > 0) return using;
  const own = threads.filter(({ script }) => script === undefined || !LAUNCHER.test(script));
  const main = own.filter(({ thread }) => thread === 0);
  return main.length > 0 ? main : own;
}

/** How many LLM calls were seen in all. */
export function callsSeen(threads: readonly ThreadFacts[]): number {
  return threads.reduce((sum, thread) => sum + seen(thread), 0);
}
