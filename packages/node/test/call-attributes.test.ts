import { expect, it } from 'vitest';
import { run } from './run.ts';

/** A request as the server got it. */
interface Received {
  readonly to: string;
  readonly traced: boolean;
  readonly baggage: string;
  readonly all: string;
}

it('puts the conversation and the user on every call, and sends them to no public provider', async () => {
  const ended = await run({ node: [], app: ['call-attributes.mjs'], env: { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' } });
  expect(ended.code, ended.stderr).toBe(0);
  // Written by the application next to this file.
  const { received, calls } = JSON.parse(ended.stdout) as { received: readonly Received[]; calls: readonly string[] };

  // By fetch and by node:http each time: given to the ES module, to the CommonJS one and to @outspan/core, then by baggage.
  const told = (provider: string): string[] => [...Array.from({ length: 6 }, () => `${provider} given-conversation given-user`), ...Array.from({ length: 2 }, () => `${provider} baggage-conversation baggage-user`)];
  expect(calls).toEqual([...told('acme'), ...told('openai')]);

  const [toPublic, toOwn] = ['localhost', '127.0.0.1'].map((host) => received.filter(({ to }) => to === host));
  expect([toPublic?.length, toOwn?.length]).toEqual([8, 8]);
  expect(toPublic?.filter(({ all, traced }) => traced || /given-|baggage|user\.id|conversation/.test(all))).toEqual([]);
  // The application's own host receives the trace and the application's baggage, but no call attributes.
  expect(toOwn?.filter(({ traced }) => !traced)).toEqual([]);
  expect(toOwn?.filter(({ baggage }) => baggage.includes('baggage-user'))).toHaveLength(2);
  expect(toOwn?.filter(({ all }) => all.includes('given-'))).toEqual([]);
});
