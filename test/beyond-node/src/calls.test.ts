import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReceiver } from './receiver.ts';
import type { ExportedCall } from './receiver.ts';
import { haveRuntimes, hostOf } from './task.ts';

/** What each case of `apps/calls.mjs` is played. */
const SCRIPTS: Readonly<Record<string, string>> = {
  success: 'ok',
  stream: 'ok',
  cut: 'stream_cut_between_events',
  reset: 'stream_reset',
  retried: 'bad_gateway_page,ok',
  aborted: 'ok_slow',
  late: 'hang_before_head',
  refused: 'refused',
};

let provider: FaultProvider;
beforeAll(async () => {
  provider = await startFaultProvider();
});
afterAll(() => provider.close());

const urls = (): Record<string, string> => Object.fromEntries(Object.entries(SCRIPTS).map(([name, script]) => [name, provider.session(script).baseUrl]));

/** What is recorded of a call. */
interface Recorded {
  /** `success`, `cancelled` or the class of the error. */
  readonly outcome: string;
  readonly truncation?: unknown;
  readonly retries: unknown;
  /** The status of each attempt, or why there was none. */
  readonly attempts: readonly unknown[];
}

function recorded({ operation, attempts }: ExportedCall): Recorded {
  const { attributes, failed } = operation;
  const truncation = attributes['outspan.response.truncation.kind'];
  return {
    outcome: failed ? text(attributes['outspan.error.class']) : attributes['outspan.operation.cancelled'] === true ? 'cancelled' : 'success',
    ...(truncation !== undefined && { truncation }),
    retries: attributes['outspan.retry.count'],
    attempts: attempts.map(({ attributes: of }) => of['http.response.status_code'] ?? of['error.type'] ?? 'none'),
  };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : 'none');

const WHOLE: Recorded = { outcome: 'success', retries: 0, attempts: [200] };

/** In the order of the cases. The SDK of Anthropic, and that of OpenAI on the edge runtime, hand on a deadline of their caller's as an abort. */
function expected(runtime: string, sdk: string): Recorded[] {
  const [outcome, attempt] = runtime === 'workerd' ? ['connection_closed', 'connection_closed'] : ['connection_refused', 'ECONNREFUSED'];
  // The AI SDK does not try again where an error is no TypeError.
  const retries = runtime === 'workerd' && sdk === 'ai' ? 0 : 2;
  return [
    WHOLE,
    WHOLE,
    { outcome: 'truncated_response', truncation: 'stream_unterminated', retries: 0, attempts: [200] },
    { outcome: 'truncated_response', truncation: 'connection_lost', retries: 0, attempts: [200] },
    { outcome: 'success', retries: 1, attempts: [502, 200] },
    { outcome: 'cancelled', retries: 0, attempts: [200] },
    sdk === 'anthropic' || (sdk === 'openai' && runtime === 'edge') ? { outcome: 'cancelled', retries: 0, attempts: ['none'] } : { outcome: 'timeout', retries: 0, attempts: ['timeout'] },
    { outcome, retries, attempts: Array.from({ length: retries + 1 }, () => attempt) },
  ];
}

const BOUNDARY: Readonly<Record<string, string>> = { openai: 'inferred', observed: 'sdk', anthropic: 'native', ai: 'inferred' };

describe.runIf(haveRuntimes).each(['bun', 'deno', 'workerd', 'edge'] as const)('calls on %s', (name) => {
  it.each([
    ['openai', 'global'],
    ['openai', 'given'],
    // `observe(client)`; it needs async contexts, as the SDK that makes spans itself does, and `edge` has none here.
    ...(name === 'edge' ? [] : [['observed', 'global'] as const, ['observed', 'given'] as const, ['anthropic', 'global'] as const]),
    ['ai', 'global'],
  ] as const)('of %s come out as without Outspan, and are recorded right, over the %s fetch', async (sdk, trace) => {
    const host = hostOf(name);
    const receiver = await startReceiver();
    try {
      const [plain, traced] = await Promise.all([host.perform({ calls: sdk, urls: urls() }), host.perform({ calls: sdk, urls: urls(), trace, otlp: receiver.url })]);
      expect(traced.result).toEqual(plain.result);
      expect(traced.unhandled).toEqual(plain.unhandled);
      const calls = receiver.calls();
      expect(calls.map(recorded)).toEqual(expected(name, sdk));
      for (const { operation } of calls) expect(operation.attributes['outspan.operation.boundary']).toBe(BOUNDARY[sdk]);
    } finally {
      host.close();
      receiver.close();
    }
  });
});
