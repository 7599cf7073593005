import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider } from '@outspan/fault-provider';
import { FetchInstrumentation, traceFetch } from '@outspan/instrumentation-fetch';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { record, startTracing } from '../../instrumentation-undici/test/tracing.ts';

let provider: FaultProvider;
beforeAll(async () => {
  startTracing();
  provider = await startFaultProvider();
});
afterAll(() => provider.close());

const call = async (send: typeof fetch): Promise<unknown> =>
  (await send(`${provider.session('ok').baseUrl}/v1/chat/completions`, { method: 'POST', body: JSON.stringify({ model: 'gpt-5', messages: [] }) })).json();

it('stays off where the channels of undici see the same fetch, and says once what to use', () => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const before = globalThis.fetch;
  try {
    const [one, other] = [new FetchInstrumentation(), new FetchInstrumentation()];
    one.enable();
    expect([one.isEnabled(), other.isEnabled()]).toEqual([false, false]);
    expect(globalThis.fetch).toBe(before);
    const lines = written.mock.calls.map(([line]) => String(line)).filter((line) => line.includes('FetchInstrumentation'));
    expect(lines).toEqual(['[outspan] warn: FetchInstrumentation is for runtimes without diagnostics channels and stays off on Node.js. Use @outspan/instrumentation-undici there, which sees the same fetch.\n']);
  } finally {
    written.mockRestore();
  }
});

it('leaves a given fetch to instrumentation-undici while that is on, so that nothing is recorded twice', async () => {
  const traced = traceFetch(fetch);
  const undici = new UndiciInstrumentation();
  try {
    const calls = await record(() => call(traced));
    expect(calls).toHaveLength(1);
    expect(calls[0]?.attempts).toHaveLength(1);
    expect(calls[0]?.operation.instrumentationScope.name).toBe('@outspan/instrumentation-undici');
  } finally {
    undici.disable();
  }
  const calls = await record(() => call(traced));
  expect(calls.map(({ operation }) => operation.instrumentationScope.name)).toEqual(['@outspan/instrumentation-fetch']);
});
