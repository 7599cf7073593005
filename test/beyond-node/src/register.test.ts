import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './process.ts';
import type { Ended } from './process.ts';
import { startReceiver } from './receiver.ts';
import type { Receiver } from './receiver.ts';
import { commandOf, haveRuntimes } from './task.ts';

let provider: FaultProvider;
beforeAll(async () => {
  provider = await startFaultProvider();
});
afterAll(() => provider.close());

const ENTRIES = { bun: '@outspan/node/', deno: './node_modules/@outspan/node/dist/' } as const;

function entryOf(name: 'bun' | 'deno', entry: 'register' | 'instrument'): string {
  return `${ENTRIES[name]}${entry}${name === 'deno' ? '.mjs' : ''}`;
}

/** Runs an application to its end; where spans go to is the receiver. */
async function play(name: 'bun' | 'deno', preloaded: string | undefined, env: Readonly<Record<string, string>>, app = 'apps/registered.mjs'): Promise<Ended & { readonly receiver: Receiver }> {
  const receiver = await startReceiver();
  const ended = await run([...commandOf(name, preloaded), app], {
    BASE_URL: `${provider.session('502,ok').baseUrl}/v1`,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    // A loaded machine is slow.
    OUTSPAN_FLUSH_TIMEOUT: '15000',
    ENDS: 'naturally',
    ...env,
  });
  receiver.close();
  return { ...ended, receiver };
}

const UNHOOKED = '[outspan] warn: The OpenAI SDK is in use but is not hooked (modules cannot be hooked on this runtime): its calls are recorded from the wire alone, with boundary `inferred`. `observe(client)` of @outspan/instrumentation-openai gives a client the boundary `sdk`.\n';

describe.runIf(haveRuntimes).each(['bun', 'deno'] as const)('@outspan/node on %s', (name) => {
  it.each([
    ['naturally', 0],
    ['byExit', 3],
    ['bySignal', null],
    ['flushed', null],
  ])('records an application that ends %s', async (ending, code) => {
    const [plain, traced] = await Promise.all([play(name, undefined, { ENDS: ending }), play(name, entryOf(name, 'register'), { ENDS: ending })]);
    expect(traced).toMatchObject({ code, stdout: plain.stdout });
    expect(traced.stderr).toBe(UNHOOKED);
    const calls = traced.receiver.calls();
    expect(calls.map(({ operation }) => [operation.name, operation.failed, operation.attributes['outspan.retry.count']])).toEqual([
      ['chat gpt-5', false, 1],
      ['chat gpt-5', false, 0],
    ]);
    expect(calls.map(({ attempts }) => attempts.length)).toEqual([2, 1]);
  });

  it('says in one line what has been started', async () => {
    const { stderr } = await play(name, entryOf(name, 'register'), { OUTSPAN_LOG: 'info' });
    expect(stderr).toMatch(/^\[outspan\] info: outspan \S+: .*openai \S+ \(inferred\), ai \S+ \(sdk\), fetch, undici, node:http → http:\/\/127\.0\.0\.1:\d+\/v1\/traces\n/);
  });

  it('records to an SDK of the application by its instrumentations alone', async () => {
    const { receiver } = await play(name, entryOf(name, 'instrument'), {}, 'apps/own-sdk.mjs');
    expect(receiver.calls().map(({ attempts, operation }) => [operation.name, attempts.length])).toEqual([
      ['chat gpt-5', 2],
      ['chat gpt-5', 1],
    ]);
  });
});

describe.runIf(haveRuntimes)('@outspan/node on deno with few permissions', () => {
  const command = (...permissions: readonly string[]): readonly string[] => [...commandOf('deno').filter((word) => word !== '--allow-all'), '--no-prompt', ...permissions, '--preload', entryOf('deno', 'register')];

  it('says in one line that it may not read the environment, and lets the application be', async () => {
    const { code, stderr, stdout } = await run([...command('--allow-read'), 'apps/nothing.mjs']);
    expect([code, stdout]).toEqual([0, 'nothing done\n']);
    expect(stderr).toBe('[outspan] warn: needs to read the environment (deno run --allow-env): nothing is instrumented, the application runs as without it\n');
  });

  it('records with what reading, the network and the environment allow', async () => {
    const receiver = await startReceiver();
    const { code } = await run([...command('--allow-read', '--allow-net', '--allow-env'), 'apps/registered.mjs'], {
      BASE_URL: `${provider.session('ok').baseUrl}/v1`,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      ENDS: 'naturally',
    });
    receiver.close();
    expect(code).toBe(0);
    expect(receiver.calls()).toHaveLength(2);
  });
});
