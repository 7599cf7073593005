import { afterAll, describe, it } from 'vitest';
import { spansOf } from './otlp-json.ts';
import { receiveHttp, unusedPort, type Receiver } from './receiver.ts';
import { diagLines, type Ended, isDiagLine, run, start } from './run.ts';

const receivers: Receiver[] = [];

afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.close()));
});

async function backend(): Promise<{ receiver: Receiver; env: Record<string, string> }> {
  const receiver = await receiveHttp();
  receivers.push(receiver);
  return {
    receiver,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
  };
}

async function deadBackend(): Promise<Record<string, string>> {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await unusedPort()}`, OUTSPAN_FLUSH_TIMEOUT: '300' };
}

it.for(['naturally', 'by process.exit()'] as const)('a process that made no call connects nowhere when it ends %s', async (how, { expect }) => {
  const { receiver, env } = await backend();
  const { OTEL_METRICS_EXPORTER: _metrics, OTEL_LOGS_EXPORTER: _logs, ...everything } = env;
  const ended = await run({ app: ['no-call.mjs', how], env: everything });
  expect(ended).toMatchObject({ code: 0, stdout: 'done\n', stderr: '' });
  expect(receiver.requests).toEqual([]);
});

/** How the process ends for a parent that looks: everything but what diag said. */
function seen(ended: Ended): object {
  return {
    code: ended.code,
    signal: ended.signal,
    stdout: ended.stdout,
    // Frames inside Node depend on which turn of the loop it was.
    stderr: ended.stderr.split('\n').filter((line) => !isDiagLine(line) && !line.includes('node:internal')),
  };
}

const ENDINGS = [
  'naturally',
  'with exit code 3',
  'with an unsettled await',
  'after a beforeExit listener',
  'after a beforeExit listener that works',
] as const;

describe.concurrent('a process that ends by itself', () => {
  it.for(ENDINGS)('%s: ends as without us, and its spans arrive', async (ending, { expect }) => {
    const { receiver, env } = await backend();
    const bare = await run({ node: [], app: ['ends.mjs', ending] });
    const traced = await run({ app: ['ends.mjs', ending], env });
    expect(seen(traced)).toEqual(seen(bare));
    expect(diagLines(traced)).toEqual([]);
    expect(spansOf(receiver.requests).map((span) => span.name)).toEqual(ending === 'after a beforeExit listener that works' ? ['work', 'late work'] : ['work']);
  });

  it.for(ENDINGS)('%s: ends as without us when the backend is down, after OUTSPAN_FLUSH_TIMEOUT', async (ending, { expect }) => {
    const bare = await run({ node: [], app: ['ends.mjs', ending] });
    const traced = await run({ app: ['ends.mjs', ending], env: await deadBackend() });
    expect(seen(traced)).toEqual(seen(bare));
    expect(diagLines(traced)).toEqual([expect.stringContaining('in the 300 ms')]);
  });

  it('by an uncaught error: dies of it as without us', async ({ expect }) => {
    const { env } = await backend();
    const bare = await run({ node: [], app: ['ends.mjs', 'by an uncaught error'] });
    const traced = await run({ app: ['ends.mjs', 'by an uncaught error'], env });
    expect(seen(traced)).toEqual(seen(bare));
  });

  it('in a worker thread: the thread flushes its own spans', async ({ expect }) => {
    const { receiver, env } = await backend();
    const ended = await run({ app: ['in-worker.mjs'], env });
    expect(ended).toMatchObject({ code: 0, stdout: 'worker ended with 0\n' });
    expect(spansOf(receiver.requests).map((span) => span.name).sort()).toEqual(['in the main thread', 'in the worker']);
  });
});

describe.concurrent.for(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  it('kills a process that does not handle it, by the same signal, once its spans are out', async ({ expect }) => {
    const { receiver, env } = await backend();
    const app = start({ app: ['ends.mjs', 'by a signal'], env });
    await app.says('ready');
    app.kill(signal);
    expect(await app.ended).toMatchObject({ code: null, signal });
    expect(spansOf(receiver.requests).map((span) => span.name)).toEqual(['work']);
  });

  it('kills it also when the backend is down', async ({ expect }) => {
    const app = start({ app: ['ends.mjs', 'by a signal'], env: await deadBackend() });
    await app.says('ready');
    app.kill(signal);
    expect(await app.ended).toMatchObject({ code: null, signal });
  });

  it('is left to a process that handles it', async ({ expect }) => {
    const { receiver, env } = await backend();
    const app = start({ app: ['ends.mjs', 'by a signal it handles', signal], env });
    await app.says('ready');
    app.kill(signal);
    expect(await app.ended).toMatchObject({ code: 7, signal: null, stdout: 'ready\nhandled\nexit 7\n' });
    expect(spansOf(receiver.requests).map((span) => span.name)).toEqual(['work']);
  });

  it('kills a process whose only other listener is one that steps back for others', async ({ expect }) => {
    const { receiver, env } = await backend();
    const app = start({ app: ['ends.mjs', 'by a signal that signal-exit watches', signal], env });
    await app.says('ready');
    app.kill(signal);
    expect(await app.ended).toMatchObject({ code: null, signal });
    expect(spansOf(receiver.requests).map((span) => span.name)).toEqual(['work']);
  });
});
