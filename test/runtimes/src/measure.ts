import type { FaultProvider } from '@outspan/fault-provider';
import { fromTheWire, recorded, times, type Recorded } from './calls.ts';
import { receive } from './receiver.ts';
import { run, seen, told, type Ended } from './run.ts';
import type { NodeMajor, Way } from './ways.ts';

/** A call that succeeds, one whose first try fails, and a stream that is cut. */
export const SCRIPT = 'ok,bad_gateway_page,ok,stream_cut_between_events';

const PACKAGE = new URL('..', import.meta.url).pathname;
const EXECUTABLES: Readonly<Record<NodeMajor, string>> = {
  22: `${PACKAGE}node_modules/node-22/bin/node`,
  24: `${PACKAGE}node_modules/node/bin/node`,
  26: `${PACKAGE}node_modules/node-26/bin/node`,
};

/** What came of one way: as it is without Outspan, and with it. */
export interface Measured {
  readonly bare: object;
  readonly traced: object;
  readonly told: readonly string[];
  readonly recorded: Recorded;
  /** How many `service.instance.id` there are among the spans. */
  readonly instances: number;
}

function baseUrls(provider: FaultProvider, parties: number, script: string): string {
  return Array.from({ length: parties }, () => `${provider.session(script).baseUrl}/v1`).join(',');
}

const CALL = /^(?:whole|retried|cut): /;

/** What a test runner shows of the calls; the rest of its output holds times. */
function ofCalls(ended: Ended): object {
  return { code: ended.code, signal: ended.signal, calls: ended.stdout.split('\n').filter((line) => CALL.test(line)).sort() };
}

/** The runs without Outspan: many ways have the same. */
const bareRuns = new Map<string, Promise<Ended>>();

function bareRun(way: Way, start: () => Promise<Ended>): Promise<Ended> {
  const { on, node, app, env, bareEnv, cwd, parties } = way;
  const key = JSON.stringify([on, node, app, env, bareEnv, cwd, parties]);
  const known = bareRuns.get(key) ?? start();
  bareRuns.set(key, known);
  return known;
}

/** Runs a way without Outspan and with it, each against sessions of its own. */
export async function measure(provider: FaultProvider, way: Way, script: string = SCRIPT): Promise<Measured> {
  const backend = await receive();
  try {
    const { parties = 1, node = [], with: by = ['--import', '@outspan/node/register'] } = way;
    const start = (on: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
      run({
        ...(way.on !== undefined && { executable: EXECUTABLES[way.on] }),
        ...(way.cwd !== undefined && { cwd: way.cwd }),
        argv: [...node, ...on, ...way.app],
        env: { BASE_URLS: baseUrls(provider, parties, script), ...way.env, ...env },
      });
    const [bare, traced] = [
      await bareRun(way, () => start([], way.bareEnv)),
      await start(by, {
        OTEL_EXPORTER_OTLP_ENDPOINT: backend.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        // A loaded machine is slow.
        OUTSPAN_FLUSH_TIMEOUT: '15000',
        ...way.withEnv,
      }),
    ];
    const show = way.runner === true ? ofCalls : seen;
    return {
      bare: show(bare),
      traced: show(traced),
      told: told(traced),
      recorded: recorded(backend.exported),
      instances: new Set(backend.exported.spans.map((span) => span.resource['service.instance.id'])).size,
    };
  } finally {
    backend.close();
  }
}

/** What is to be recorded of a way, given what is of a plain run. */
export function expectedOf(way: Way, plain: Recorded): Recorded {
  return times(way.boundary === 'inferred' ? fromTheWire(plain) : plain, way.recorded ?? way.parties ?? 1);
}
