import { fileURLToPath } from 'node:url';
import type { FaultProvider } from '@outspan/fault-provider';
import type { Exported } from '../../runtimes/src/otlp.ts';
import { receive } from '../../runtimes/src/receiver.ts';
import { run, type Ended } from '../../runtimes/src/run.ts';
import type { Added } from './installed/install.ts';
import { MANAGERS } from './installed/managers.ts';
import { said } from './seen/words.ts';
import { traces } from './seen/traces.ts';
import { SCRIPT, type NodeMajor, type Sees, type SetUp } from './set-up.ts';

const MODULES = fileURLToPath(new URL('../node_modules/', import.meta.url));

/** Each Node that the applications run on. */
export const EXECUTABLES: Readonly<Record<NodeMajor, string>> = { 22: `${MODULES}node-22/bin/node`, 24: `${MODULES}node/bin/node`, 26: `${MODULES}node-26/bin/node` };

/** The OpenTelemetry SDK's settings for every run: everything to a backend on loopback, readable. */
export function exportingTo(url: string): Readonly<Record<string, string>> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    // Those of clouds ask addresses that are not there.
    OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,serviceinstance',
    // A loaded machine is slow.
    OUTSPAN_FLUSH_TIMEOUT: '15000',
  };
}

/** What is seen of one run, in a form that can be compared. */
export interface Seen {
  /** How the process ended and what it wrote, but for Outspan's own lines. */
  readonly application: { readonly code: number | null; readonly signal: string | null; readonly stdout: readonly string[]; readonly stderr: readonly string[] };
  /** Outspan's lines. */
  readonly says: readonly string[];
  readonly sees: Required<Pick<Sees, 'traces' | 'counted'>>;
  /** `telemetry.sdk.version` of the spans. */
  readonly sdks: readonly string[];
  /** What another vendor's backend got. */
  readonly theirs: readonly string[];
  /** How many requests all backends got. */
  readonly requests: number;
}

function counted(exported: Exported, metric: string): number {
  return [...exported.sums.values()].filter((series) => series.metric === metric).reduce((sum, { value }) => sum + value, 0);
}

/** What a backend holds. */
export function seenBy(exported: Exported): Pick<Seen, 'sees' | 'sdks'> {
  return {
    sees: { traces: traces(exported.spans).sort(), counted: [counted(exported, 'outspan.client.operations'), counted(exported, 'outspan.client.attempts')] },
    sdks: [...new Set(exported.spans.map((span) => JSON.stringify(span.resource['telemetry.sdk.version'])?.replaceAll('"', '') ?? 'none'))],
  };
}

/** What a process showed. */
export function shownBy({ code, signal, stdout, stderr }: Ended): Pick<Seen, 'application' | 'says'> {
  const { foreign, ours } = said(stderr);
  return { application: { code, signal, stdout: stdout.split('\n').filter((line) => line !== ''), stderr: foreign }, says: ours };
}

async function runOnce(provider: FaultProvider, setUp: SetUp, node: NodeMajor, argv: readonly string[], env: Readonly<Record<string, string>>, cwd: string): Promise<Seen> {
  const backend = await receive();
  // The wait before a retry is no affair of this suite's.
  const session = provider.session(SCRIPT, { words: { headers: { 'retry-after-ms': '5' } } });
  try {
    const [executable = '', ...before] = MANAGERS[setUp.tree.manager ?? 'npm'].node?.(EXECUTABLES[node]) ?? [EXECUTABLES[node]];
    const ended = await run({ executable, argv: [...before, ...argv], cwd, env: { HOME: process.env['HOME'] ?? '', BASE_URL: `${session.baseUrl}/v1`, BACKEND: backend.url, ...exportingTo(backend.url), ...setUp.env, ...env } });
    return { ...shownBy(ended), ...seenBy(backend.exported), theirs: setUp.theirs?.(backend.others) ?? [], requests: backend.paths.length };
  } finally {
    backend.close();
  }
}

/** The runs without Outspan: many set-ups have the same. */
const plainRuns = new Map<string, Promise<Seen>>();

/** Runs a set-up without Outspan, in the tree as it was. */
export function runWithout(provider: FaultProvider, setUp: SetUp, node: NodeMajor, { before }: Added): Promise<Seen> {
  const argv = [...(setUp.without ?? []), ...(setUp.node ?? []), ...(setUp.withoutApp ?? setUp.app)];
  const key = JSON.stringify([before.root, node, argv, setUp.env]);
  const found = plainRuns.get(key) ?? runOnce(provider, setUp, node, argv, {}, before.apps);
  plainRuns.set(key, found);
  return found;
}

/** Runs a set-up with Outspan. */
export async function runWith(provider: FaultProvider, setUp: SetUp, node: NodeMajor, { after }: Added): Promise<Seen> {
  const cwd = (await setUp.prepare?.(after.apps)) ?? after.apps;
  return runOnce(provider, setUp, node, [...(setUp.with ?? []), ...(setUp.node ?? []), ...(setUp.withAfter ?? []), ...setUp.app], setUp.withEnv ?? {}, cwd);
}
