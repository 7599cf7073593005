import { createRequire } from 'node:module';
import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import type * as Api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { Attributes } from '@opentelemetry/api';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { settle } from '../config.ts';
import { context as ownContext } from '../opentelemetry/context.ts';
import type { StepSubject } from '../steps/step.ts';
import { withCallAttributes } from './call-attributes.ts';
import { CallTracker } from './tracker.ts';

const otherCopy: typeof Api = createRequire(import.meta.url)('@opentelemetry/api');
const CONVERSATION = 'gen_ai.conversation.id';
const chatUrl = new URL('http://127.0.0.1:9/v1/chat/completions');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);

let exporter: InMemorySpanExporter;
let provider: TracerProvider;
let tracker: CallTracker;
let atStart: Attributes[];
let points: InMemoryMetricExporter;
let meters: MeterProvider;

beforeEach(() => {
  exporter = new InMemorySpanExporter();
  atStart = [];
  const sampler = {
    shouldSample: (_context: unknown, _traceId: string, _name: string, _kind: unknown, attributes: Attributes) => {
      atStart.push({ ...attributes });
      return { decision: 2 };
    },
  };
  provider = new TracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  points = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 3_600_000 })] });
  const settings = settle({}, {});
  tracker = new CallTracker({ settings: () => settings, tracer: () => provider.getTracer('test'), meterProvider: () => meters });
});
afterEach(() => {
  for (const api of [context, otherCopy.context]) api.disable();
  stderr.mockClear();
});

/** A call that is made where it is called, and answered elsewhere. */
function startCall(url = chatUrl, request: object = { model: 'gpt-5', messages: [] }): () => void {
  const attempt = tracker.begin({ method: 'POST', url, context: ownContext.active() });
  attempt?.requestChunk(bytes(JSON.stringify(request)));
  attempt?.requestSent();
  return () => {
    attempt?.responseHead(200, [['content-type', 'application/json']]);
    attempt?.responseChunk(bytes(JSON.stringify({ object: 'chat.completion', model: 'gpt-5', choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }] })));
    attempt?.end({ by: 'completion' });
  };
}

function step<T>(subject: StepSubject, run: () => T): T {
  const started = tracker.steps.start({ subject, parent: ownContext.active() });
  if (started === undefined) throw new Error('not traced');
  const returned = ownContext.with(started.context, run);
  started.end('returned');
  return returned;
}

const of = (name: string): Attributes => exporter.getFinishedSpans().find((span) => span.name.startsWith(name))?.attributes ?? {};

it('gives its attributes to all that starts inside, across asynchronous work, and to nothing outside', async () => {
  const finish = await withCallAttributes({ [CONVERSATION]: 'c1', 'user.id': 'u1', 'acme.tier': 2, 'acme.beta': true }, async () => {
    await new Promise(setImmediate);
    return step({ kind: 'workflow', name: 'desk' }, () => step({ kind: 'agent', name: 'planner' }, () => step({ kind: 'tool', name: 'ask' }, () => startCall())));
  });
  // The rest of a stream comes when the function has long returned.
  finish();
  startCall()();
  const expected = { [CONVERSATION]: 'c1', 'user.id': 'u1', 'acme.tier': 2, 'acme.beta': true };
  for (const name of ['invoke_workflow', 'invoke_agent', 'execute_tool']) expect(of(name)).toMatchObject(expected);
  const [inside, outside] = exporter.getFinishedSpans().filter(({ name }) => name.startsWith('chat'));
  expect(inside?.attributes).toMatchObject(expected);
  expect(outside?.attributes).not.toHaveProperty(CONVERSATION);
  expect(of('POST')).not.toHaveProperty('user.id');
  // Samplers see them.
  expect(atStart.filter((attributes) => attributes[CONVERSATION] === 'c1')).toHaveLength(4);
});

it('adds up: the inner value of a name wins', () => {
  withCallAttributes({ [CONVERSATION]: 'c1', 'user.id': 'u1' }, () => withCallAttributes({ [CONVERSATION]: 'c2' }, () => startCall()()));
  expect(of('chat')).toMatchObject({ [CONVERSATION]: 'c2', 'user.id': 'u1' });
});

it('does not replace what a call says itself', () => {
  withCallAttributes({ [CONVERSATION]: 'of the application', 'user.id': 'u1' }, () => startCall(new URL('http://127.0.0.1:9/v1/responses'), { model: 'gpt-5', input: 'hi', conversation: 'conv_1' })());
  // It is answered in another format, which may be tried again.
  tracker.flush();
  expect(of('chat')).toMatchObject({ [CONVERSATION]: 'conv_1', 'user.id': 'u1' });
});

it('takes the conversation and the user from baggage, and nothing else', () => {
  const baggage = propagation.createBaggage({ [CONVERSATION]: { value: 'c1' }, 'user.id': { value: 'u1' }, 'tenant.key': { value: 'secret' }, 'gen_ai.agent.name': { value: 'other' } });
  ownContext.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () => step({ kind: 'agent', name: 'planner' }, () => startCall()()));
  for (const name of ['invoke_agent', 'chat']) {
    expect(of(name)).toMatchObject({ [CONVERSATION]: 'c1', 'user.id': 'u1' });
    expect(of(name)).not.toHaveProperty('tenant.key');
  }
  expect(of('invoke_agent')['gen_ai.agent.name']).toBe('planner');
});

it('passes a framework’s conversation on to all beneath; the application’s word goes before it, and it before baggage', () => {
  const within = propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage({ [CONVERSATION]: { value: 'of baggage' } }));
  ownContext.with(within, () => step({ kind: 'workflow', conversationId: 'thread_1' }, () => step({ kind: 'agent', name: 'planner' }, () => step({ kind: 'tool', name: 'ask' }, () => startCall()()))));
  for (const name of ['invoke_workflow', 'invoke_agent', 'execute_tool', 'chat']) expect(of(name)[CONVERSATION]).toBe('thread_1');
  exporter.reset();
  withCallAttributes({ [CONVERSATION]: 'mine' }, () => step({ kind: 'workflow', conversationId: 'thread_1' }, () => startCall()()));
  for (const name of ['invoke_workflow', 'chat']) expect(of(name)[CONVERSATION]).toBe('mine');
});

it('has no conversation on the spans of MCP, for which the conventions have none, but on what is beneath', () => {
  withCallAttributes({ [CONVERSATION]: 'c1', 'user.id': 'u1' }, () => step({ kind: 'mcp', side: 'server', method: 'tools/call', toolName: 'ask' }, () => startCall()()));
  expect(of('tools/call')).toMatchObject({ 'user.id': 'u1' });
  expect(of('tools/call')).not.toHaveProperty(CONVERSATION);
  expect(of('chat')[CONVERSATION]).toBe('c1');
});

it('leaves what an SDK’s own span says', () => {
  const adopted = provider.getTracer('framework').startSpan('invoke_agent own', { attributes: { [CONVERSATION]: 'of the SDK' } });
  withCallAttributes({ [CONVERSATION]: 'mine', 'user.id': 'u1' }, () => tracker.steps.start({ subject: { kind: 'agent' }, parent: ownContext.active(), adopted })?.end('returned'));
  adopted.end();
  expect(of('invoke_agent')).toMatchObject({ [CONVERSATION]: 'of the SDK', 'user.id': 'u1' });
});

it('is on no metric', async () => {
  withCallAttributes({ [CONVERSATION]: 'c1', 'user.id': 'u1' }, () => step({ kind: 'agent', name: 'planner' }, () => startCall()()));
  await meters.forceFlush();
  const labels = points.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics.flatMap(({ dataPoints }) => dataPoints.map(({ attributes }) => attributes))));
  expect(labels.length).toBeGreaterThan(0);
  expect(labels.filter((label) => CONVERSATION in label || 'user.id' in label)).toEqual([]);
});

it('is bounded, refuses what it cannot take with a warning, and masks keys', () => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`acme.n${index}`, index]));
  const odd: object = { 'gen_ai.request.model': 'other', 'error.type': 'none', 'acme.list': ['a'], 'acme.object': {}, 'acme.nan': Number.NaN, 'acme.none': undefined, ['n'.repeat(200)]: 1, 'acme.long': 'x'.repeat(5_000), 'acme.key': 'sk-abcdefghijklmnopqrstuvwxyz012345' };
  withCallAttributes({ ...odd, ...many }, () => startCall()());
  const span = of('chat');
  expect(span).toMatchObject({ 'gen_ai.request.model': 'gpt-5', 'acme.long': 'x'.repeat(1_024), 'acme.key': 'REDACTED', 'acme.n0': 0 });
  expect(Object.keys(span).filter((name) => name.startsWith('acme.'))).toHaveLength(32);
  for (const name of ['error.type', 'acme.list', 'acme.object', 'acme.nan', 'acme.none', 'n'.repeat(200)]) expect(span).not.toHaveProperty([name]);
  const warnings = stderr.mock.calls.map(([line]) => String(line));
  expect(warnings.filter((line) => line.includes('withCallAttributes left out'))).toHaveLength(4);
  expect(warnings.join('')).not.toContain('abcdefghijklmnop');
});

it('returns what runs inside returns, throws what it throws, and nothing else', () => {
  expect(withCallAttributes({}, () => 42)).toBe(42);
  const hostile = Object.defineProperty({}, 'acme.x', {
    enumerable: true,
    get: () => {
      throw new Error('a getter');
    },
  });
  expect(withCallAttributes(hostile, () => 42)).toBe(42);
  expect(withCallAttributes(JSON.parse('null'), () => 42)).toBe(42);
  expect(() => withCallAttributes({ 'user.id': 'u1' }, () => {
    throw new RangeError('of the application');
  })).toThrow(RangeError);
});

it('works whichever copy of the API registered the context manager and set the baggage', () => {
  otherCopy.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const baggage = otherCopy.propagation.setBaggage(otherCopy.ROOT_CONTEXT, otherCopy.propagation.createBaggage({ 'user.id': { value: 'u1' } }));
  otherCopy.context.with(baggage, () => withCallAttributes({ [CONVERSATION]: 'c1' }, () => startCall()()));
  expect(of('chat')).toMatchObject({ [CONVERSATION]: 'c1', 'user.id': 'u1' });
});
