/** The application: makes the calls of a job and writes down what it saw. Run once with Outspan and once without, by the file of its job. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync, writeFileSync } from 'node:fs';
import { context, diag, DiagLogLevel, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ClientName } from './corpus.ts';
import type { Job, Report, Seen } from './job.ts';

/** Calls under way at once. */
const CONCURRENCY = 16;
/** Milliseconds after which a call is given up: no case hangs. */
const GIVE_UP_MS = 20_000;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the test beside this file
const job = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Job;
const telemetry = job.traced ? await startTelemetry() : undefined;
const { default: OpenAI } = await import('openai');
const { default: Anthropic } = await import('@anthropic-ai/sdk');
const { WIRES } = await import('./corpus.ts');

const current = new AsyncLocalStorage<string>();
const unhandled: string[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(`${current.getStore() ?? ''}: ${errorText(reason)}`));
process.on('uncaughtException', (error) => unhandled.push(`uncaught: ${errorText(error)}`));

const seen: Record<string, Seen> = {};
const queue = job.calls.values();

async function work(): Promise<void> {
  for (const { id, client } of queue) seen[id] = await current.run(id, () => trace.getTracer('application').startActiveSpan('case', { root: true, attributes: { case: id } }, ROOT_CONTEXT, (span) => call(id, client).finally(() => span.end())));
}

async function call(id: string, client: ClientName): Promise<Seen> {
  const values: unknown[] = [];
  try {
    await CALLS[client](`http://127.0.0.1:${job.port}/${id}`, (value) => values.push(value));
    return { values: JSON.stringify(values) };
  } catch (error) {
    return { values: JSON.stringify(values), threw: errorText(error) };
  }
}

type Note = (value: unknown) => void;

function openai(base: string): InstanceType<typeof OpenAI> {
  return new OpenAI({ apiKey: 'none', baseURL: `${base}/v1`, maxRetries: 0, timeout: GIVE_UP_MS });
}

function anthropic(base: string): InstanceType<typeof Anthropic> {
  return new Anthropic({ apiKey: 'none', baseURL: base, maxRetries: 0, timeout: GIVE_UP_MS });
}

/** The bodies are typed by the SDKs, which take any object at run time. */
function body(client: ClientName): never {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return WIRES[client].body as never;
}

async function each(stream: unknown, note: Note): Promise<void> {
  if (!isIterable(stream)) throw new TypeError('not a stream');
  for await (const event of stream) note(event);
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

async function fetched(base: string, client: ClientName, note: Note): Promise<void> {
  const { path, body: sent } = WIRES[client];
  const response = await fetch(`${base}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent), signal: AbortSignal.timeout(GIVE_UP_MS) });
  note([response.status, [...response.headers]]);
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of response.body ?? []) {
      if (client === 'fetch, broken off') return;
      text += decoder.decode(chunk, { stream: true });
    }
  } finally {
    // How the bytes were split on their way is chance.
    note(text);
  }
}

const CALLS: Readonly<Record<ClientName, (base: string, note: Note) => Promise<void>>> = {
  'openai chat': async (base, note) => note(await openai(base).chat.completions.create(body('openai chat'))),
  'openai chat stream': async (base, note) => each(await openai(base).chat.completions.create(body('openai chat stream')), note),
  'openai responses stream': async (base, note) => each(await openai(base).responses.create(body('openai responses stream')), note),
  anthropic: async (base, note) => note(await anthropic(base).messages.create(body('anthropic'))),
  'anthropic stream': async (base, note) => each(await anthropic(base).messages.create(body('anthropic stream')), note),
  fetch: (base, note) => fetched(base, 'fetch', note),
  'fetch stream': (base, note) => fetched(base, 'fetch stream', note),
  'fetch, broken off': (base, note) => fetched(base, 'fetch, broken off', note),
};

/** All that an application can ask of an error, but for ports. */
function errorText(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return String(error);
  const facts = ['name', 'message', 'code', 'status', 'type'].map((name) => `${name}=${String(Reflect.get(error, name))}`).join(' ');
  const cause = error.cause === undefined || depth > 4 ? '' : ` <- ${errorText(error.cause, depth + 1)}`;
  return `${error.constructor.name} ${facts} keys=${Object.keys(error).join()}${cause}`.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST');
}

await Promise.all(Array.from({ length: CONCURRENCY }, work));
const report: Report = { seen, unhandled, ...(await telemetry?.stop()) };
writeFileSync(job.report, JSON.stringify(report));
process.exit();

async function startTelemetry(): Promise<{ stop(): Promise<Partial<Report>> }> {
  const diagnostics: string[] = [];
  const note = (message: string, ...more: readonly unknown[]): void => void diagnostics.push([message, ...more.map(String)].join(' '));
  diag.setLogger({ error: note, warn: note, info: () => undefined, debug: () => undefined, verbose: () => undefined }, { logLevel: DiagLogLevel.WARN });
  await import('@outspan/node/instrument');
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
  const { BatchSpanProcessor, InMemorySpanExporter, TracerProvider } = await import('@opentelemetry/sdk-trace');
  const exporter = new InMemorySpanExporter();
  const counted = { started: 0, ended: 0 };
  const provider = new TracerProvider({
    spanProcessors: [
      { onStart: () => void counted.started++, onEnd: () => void counted.ended++, forceFlush: () => Promise.resolve(), shutdown: () => Promise.resolve() },
      new BatchSpanProcessor({ exporter, maxQueueSize: 1_000_000 }),
    ],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  return {
    async stop() {
      await provider.forceFlush();
      return {
        ...counted,
        diagnostics,
        spans: exporter.getFinishedSpans().map((span) => ({ traceId: span.spanContext().traceId, spanId: span.spanContext().spanId, name: span.name, failed: span.status.code === SpanStatusCode.ERROR, attributes: span.attributes })),
      };
    },
  };
}
