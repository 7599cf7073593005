import { afterAll, describe, it } from 'vitest';
import { writeRows, type Row } from '../../../test/safety/src/rows.ts';
import { startHangingProvider } from './hanging-provider.ts';
import { eventNamesOf, spansOf, totalOf } from './otlp-json.ts';
import { certificate, receiveGrpc, receiveHttp, unusedPort, type Receiver } from './receiver.ts';
import { type Command, diagLines, type Ended, IMPORT, isDiagLine, REQUIRE, run, start } from './run.ts';

/** The Node.js that runs this, and the executables of others that are named. */
const NODES = [process.execPath, ...(process.env['OUTSPAN_NODES'] ?? '').split(':').filter((path) => path !== '')];
const UPDATE = process.env['OUTSPAN_UPDATE_SAFETY'] === '1';
/** How often the costs are measured. */
const COSTED = UPDATE ? 7 : 1;
const COMMAND = 'OUTSPAN_UPDATE_SAFETY=1 npx vitest run --project packages packages/node/test/ending-cut-off.test.ts';

const provider = await startHangingProvider();
const receivers: Receiver[] = [];

async function backend(options?: Parameters<typeof receiveHttp>[0]): Promise<{ receiver: Receiver; env: Record<string, string> }> {
  const receiver = await receiveHttp(options);
  receivers.push(receiver);
  return { receiver, env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', PROVIDER: provider.url } };
}

const tallies = new Map<string, { times: number; failed: number; result: string; figures: number[] }>();

/** Counts what was tried for the page; what fails is counted before it fails. */
async function tallied(tried: string, result: string, attempt: () => Promise<number | void>): Promise<void> {
  const tally = tallies.get(tried) ?? { times: 0, failed: 0, result, figures: [] };
  tallies.set(tried, tally);
  tally.times += 1;
  try {
    const figure = await attempt();
    if (figure !== undefined) tally.figures.push(figure);
  } catch (error) {
    tally.failed += 1;
    throw error;
  }
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}

function row(tried: string, { times, failed, result, figures }: { times: number; failed: number; result: string; figures: number[] }): Row {
  const figure = figures.length === 0 ? '' : `; median ${median(figures).toFixed(2)} ms`;
  const holds = failed === 0;
  return { area: 'End of the process', tried, times, result: holds ? `${result}${figure}` : `not so in ${failed} of ${times}`, holds, command: COMMAND };
}

afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.close()));
  provider.close();
  if (UPDATE) writeRows('end-of-process', Array.from(tallies, ([tried, tally]) => row(tried, tally)));
});

/** How the process ends for a parent that looks: everything but what diag said. */
function seen(ended: Ended): object {
  const stderr = ended.stderr.split('\n').filter((line) => !isDiagLine(line) && !line.includes('node:internal'));
  return { code: ended.code, signal: ended.signal, stdout: ended.stdout, stderr };
}

interface Way {
  readonly how: string;
  /** What it is sent once it is ready. */
  readonly signal?: NodeJS.Signals;
}

const WAYS: readonly Way[] = [
  { how: 'process.exit()' },
  { how: 'an uncaught exception' },
  { how: 'an unhandled rejection' },
  { how: 'SIGTERM', signal: 'SIGTERM' },
  { how: 'SIGINT', signal: 'SIGINT' },
  { how: 'SIGTERM that it handles by process.exit()', signal: 'SIGTERM' },
  { how: 'SIGINT that it handles by process.exit()', signal: 'SIGINT' },
  { how: 'SIGTERM that it handles by process.exit() a little later', signal: 'SIGTERM' },
];

const KINDS = ['spans', 'call', 'stream', 'metrics', 'events'] as const;
const ALL = KINDS.join();

async function end(way: Way, command: Omit<Command, 'app'>, what: string): Promise<Ended> {
  const app = start({ ...command, app: ['cut-off.mjs', way.how, what] });
  if (way.signal !== undefined) {
    await app.says('ready');
    app.kill(way.signal);
  }
  return app.ended;
}

/** What must have arrived of each kind, each once. */
function arrived(receiver: Receiver): { finished: number; interrupted: number; unmarked: number; count: number | undefined; events: string[]; twice: number } {
  const spans = spansOf(receiver.requests);
  const operations = spans.filter((span) => span.name === 'chat gpt-5');
  const interrupted = operations.filter((span) => span.attributes['outspan.operation.interrupted'] === true);
  return {
    finished: spans.filter((span) => span.name.startsWith('span ')).length,
    interrupted: interrupted.length,
    unmarked: operations.length - interrupted.length,
    count: totalOf(receiver.requests, 'test.count'),
    events: eventNamesOf(receiver.requests).sort(),
    twice: spans.length - new Set(spans.map((span) => span.spanId)).size,
  };
}

function due(what: string): ReturnType<typeof arrived> {
  const kinds = new Set(what.split(','));
  return {
    finished: kinds.has('spans') ? 600 : 0,
    interrupted: (kinds.has('call') ? 1 : 0) + (kinds.has('stream') ? 1 : 0),
    unmarked: 0,
    count: kinds.has('metrics') ? 3 : undefined,
    events: kinds.has('events') ? ['event 0', 'event 1', 'event 2'] : [],
    twice: 0,
  };
}

// Everything at once in every way; each kind alone in the way that gives the least time.
const CASES = WAYS.flatMap((way) => (UPDATE || way.how === 'process.exit()' ? [...KINDS, ALL] : [ALL]).map((what) => ({ ...way, what })));

describe.concurrent.for(NODES)('a process (%s)', (executable) => {
  it.for(CASES)('that ends by $how with $what pending: everything arrives, once, and it ends as without us', async ({ what, ...way }, { expect }) => {
    await tallied(`${way.how}: 600 finished spans, an open call, an open stream, a count and 3 events pending, together and alone`, 'all arrived, once; open calls marked as interrupted; exit code and output as without Outspan', async () => {
      const { receiver, env } = await backend();
      const bare = await end(way, { executable, env: { PROVIDER: provider.url }, node: [] }, what);
      const traced = await end(way, { executable, env }, what);
      expect(seen(traced)).toEqual(seen(bare));
      expect(diagLines(traced)).toEqual([]);
      expect(arrived(receiver)).toEqual(due(what));
    });
  });

  it.for([
    ['nothing', 0],
    ['what is exported already', 0],
    ['a span', 1],
  ] as const)('that exits with %s pending starts %i child processes', async ([what, children], { expect }) => {
    for (let time = 0; time < COSTED; time++) {
      await tallied(`process.exit() with ${what} pending: what the last export costs`, children === 0 ? 'no child process' : 'one child process', async () => {
        const { receiver, env } = await backend();
        const ended = await run({ executable, app: ['counts-children.mjs', what], env });
        const told: { children: number; milliseconds: number } = JSON.parse(ended.stdout);
        expect(told.children).toBe(children);
        expect(spansOf(receiver.requests)).toHaveLength(what === 'nothing' ? 0 : 1);
        return told.milliseconds;
      });
    }
  });

  it.for([
    ['refuses', undefined, /ECONNREFUSED/],
    ['never answers', 'never', /no answer/],
    ['answers 503', 503, /503/],
  ] as const)('that exits while its backend %s ends as without us, within OUTSPAN_FLUSH_TIMEOUT', async ([how, answer, reason], { expect }) => {
    await tallied(`process.exit() with everything pending while the backend ${how}`, 'ended within OUTSPAN_FLUSH_TIMEOUT, exit code and output as without Outspan, one warning', async () => {
      const { env } = await backend(answer === undefined ? {} : { answer });
      const down = answer === undefined ? { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await unusedPort()}` } : {};
      const bare = await run({ executable, node: [], app: ['cut-off.mjs', 'process.exit()', 'call,metrics,events'], env: { PROVIDER: provider.url } });
      const traced = await run({ executable, app: ['cut-off.mjs', 'process.exit()', 'call,metrics,events'], env: { ...env, ...down, OUTSPAN_FLUSH_TIMEOUT: answer === 'never' ? '700' : '10000' } });
      expect(seen(traced)).toEqual(seen(bare));
      expect(diagLines(traced)).toEqual([expect.stringMatching(reason)]);
    });
  });

  it('that exits with OUTSPAN_FLUSH_TIMEOUT=0 delivers nothing and says nothing', async ({ expect }) => {
    const { receiver, env } = await backend();
    const ended = await run({ executable, app: ['cut-off.mjs', 'process.exit()', 'metrics'], env: { ...env, OUTSPAN_FLUSH_TIMEOUT: '0' } });
    expect(ended).toMatchObject({ code: 3, stderr: 'a line of its own\n' });
    expect(receiver.requests).toEqual([]);
  });

  it.for([['--import', IMPORT], ['--require', REQUIRE]] as const)('that exits before anything asynchronous happened, by %s: its span arrives with the headers of the exporter', async ([, node], { expect }) => {
    const { receiver, env } = await backend();
    const ended = await run({ executable, node, app: ['exits-at-once.cjs'], env: { ...env, OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b' } });
    expect(ended).toMatchObject({ code: 3, stdout: '', stderr: '' });
    expect(spansOf(receiver.requests).map((span) => span.name)).toEqual(['work']);
    expect(receiver.requests[0]?.headers).toMatchObject({ 'x-key': 'a b', 'content-type': 'application/json' });
  });

  it('that loads us by NODE_OPTIONS: the child does not', async ({ expect }) => {
    const { receiver, env } = await backend();
    const ended = await run({ executable, node: [], app: ['cut-off.mjs', 'process.exit()', ALL], env: { ...env, NODE_OPTIONS: IMPORT.join(' ') } });
    expect(ended).toMatchObject({ code: 3, stderr: 'a line of its own\n' });
    expect(arrived(receiver)).toEqual(due(ALL));
    // The child has no telemetry of its own.
    expect(new Set(spansOf(receiver.requests).map((span) => span.resource['process.pid'])).size).toBe(1);
  });

  it('under --permission without child processes says so at debug, and ends as without us', async ({ expect }) => {
    const { receiver, env } = await backend();
    const allowed = ['--permission', '--allow-fs-read=*', '--allow-worker', '--allow-addons', ...(process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : [])];
    const command = { executable, node: [...allowed, ...IMPORT], app: ['cut-off.mjs', 'process.exit()', 'events'] } as const;
    const ended = await run({ ...command, env });
    expect(ended.code).toBe(3);
    expect(diagLines(ended)).toEqual([]);
    const loud = await run({ ...command, env: { ...env, OTEL_LOG_LEVEL: 'debug' } });
    expect(diagLines(loud).filter((line) => line.includes('permission model'))).toHaveLength(1);
    expect(receiver.requests).toEqual([]);
  });
});

describe.concurrent('an export that is under way when the process exits', () => {
  it('is not made twice once the backend has the whole request', async ({ expect }) => {
    await tallied('process.exit() while an export waits for its answer, the request sent', 'not sent twice', async () => {
      const { receiver, env } = await backend({ answer: 'never' });
      const app = start({ app: ['flush-under-way.mjs'], env });
      while (receiver.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      app.kill('SIGTERM');
      expect(await app.ended).toMatchObject({ code: 4, stderr: '' });
      expect(spansOf(receiver.requests).map((span) => span.name)).toEqual(['work']);
    });
  });

  it('is made again when the backend had asked for that', async ({ expect }) => {
    await tallied('process.exit() while an export waits to be tried again after a 503', 'sent again', async () => {
      const { receiver, env } = await backend({ answer: 503 });
      const app = start({ app: ['flush-under-way.mjs'], env: { ...env, OTEL_EXPORTER_OTLP_TIMEOUT: '60000' } });
      while (receiver.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      app.kill('SIGTERM');
      expect((await app.ended).code).toBe(4);
      expect(spansOf(receiver.requests).map((span) => span.name).slice(0, 2)).toEqual(['work', 'work']);
    });
  });
});

describe.concurrent('what is delivered at the exit goes where the exporter sends it', () => {
  const spans = (env: Record<string, string>): Promise<Ended> => run({ app: ['cut-off.mjs', 'process.exit()', 'spans'], env: { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', PROVIDER: provider.url, ...env } });

  it.for([
    ['protobuf', { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }, 'application/x-protobuf'],
    ['JSON, compressed', { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }, 'application/json'],
  ] as const)('by HTTP in %s', async ([, env, type], { expect }) => {
    const { receiver } = await backend();
    expect((await spans({ ...env, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/elsewhere`, OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-key=abc' })).code).toBe(3);
    expect(receiver.requests.map(({ path, headers }) => [path, headers['content-type'], headers['x-key']])).toEqual([['/elsewhere', type, 'abc'], ['/elsewhere', type, 'abc']]);
    expect(receiver.requests.map(({ body }) => body.includes('span 599'))).toContain(true);
  });

  it('as a declarative configuration says', async ({ expect }) => {
    const { receiver } = await backend();
    expect((await spans({ OTEL_CONFIG_FILE: 'test/backend-by-file.yaml', BACKEND: receiver.url })).code).toBe(3);
    expect(receiver.requests.map(({ headers }) => headers['x-key'])).toEqual(['of the file', 'of the file']);
    expect(spansOf(receiver.requests)).toHaveLength(600);
  });

  it('by HTTPS with certificates of both sides', async ({ expect }) => {
    const { receiver } = await backend({ tls: 'mutual' });
    const files = { CERTIFICATE: 'ca.pem', CLIENT_CERTIFICATE: 'client.pem', CLIENT_KEY: 'client.key' };
    const env = Object.fromEntries(Object.entries(files).map(([option, file]) => [`OTEL_EXPORTER_OTLP_${option}`, certificate(file)]));
    expect((await spans({ ...env, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })).stderr).toBe('a line of its own\n');
    expect(receiver.requests.map(({ client }) => typeof client)).toEqual(['string', 'string']);
  });

  it.for([false, true])('by gRPC (TLS: %s)', async (tls, { expect }) => {
    const receiver = await receiveGrpc({ tls });
    receivers.push(receiver);
    const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_HEADERS: 'x-key=abc', OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip', ...(tls && { OTEL_EXPORTER_OTLP_CERTIFICATE: certificate('ca.pem') }) };
    expect((await spans(env)).stderr).toBe('a line of its own\n');
    const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
    expect(receiver.requests.map((request) => [request.path, request.headers['x-key']])).toEqual([[path, 'abc'], [path, 'abc']]);
    expect(receiver.requests.map(({ body }) => body.includes('span 599'))).toContain(true);
  });
});

describe.concurrent('elsewhere', () => {
  it('a worker thread that exits delivers what it has', async ({ expect }) => {
    await tallied('process.exit() in a worker thread with a span pending', 'arrived', async () => {
      const { receiver, env } = await backend();
      const ended = await run({ app: ['worker-exits.mjs'], env });
      expect(ended).toMatchObject({ code: 0, stdout: 'worker ended with 5\n', stderr: '' });
      expect(spansOf(receiver.requests).map((span) => span.name)).toEqual(['in the worker']);
    });
  });

  it("beside an application's own SDK, open calls are ended in time for a synchronous exporter", async ({ expect }) => {
    await tallied("process.exit() beside an application's own SDK with a synchronous exporter, a call open", 'ended, marked as interrupted and exported', async () => {
      const ended = await run({ node: ['--import', '@outspan/node/instrument'], app: ['own-sdk-exits.mjs'], env: { PROVIDER: provider.url } });
      expect(ended.code).toBe(3);
      expect(ended.stdout).toContain('outspan.operation.interrupted');
      expect(ended.stdout.match(/name: '(?:POST|chat gpt-5)'/g)?.toSorted()).toEqual(["name: 'POST'", "name: 'chat gpt-5'"]);
    });
  });
});
