import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settle } from '../config.ts';
import type { OutspanConfig } from '../config.ts';
import { CallTracker } from '../operation/tracker.ts';
import { readSdkError } from '../verdict/sdk-error.ts';
import { provideStep } from './ambient.ts';
import { stepOf } from './context.ts';
import type { Step, StepStart, StepSubject } from './step.ts';

// The timers and the clock of the test, which are put in place only now.
vi.mock(import('../clock.ts'), async (original) => ({ ...(await original()), now: () => performance.now() }));
vi.mock(import('../platform/timers.ts'), () => ({
  later(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
}));

const url = new URL('http://127.0.0.1:9/v1/chat/completions');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const answer = JSON.stringify({
  object: 'chat.completion',
  model: 'gpt-5-2026',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 5 },
});

let exporter: InMemorySpanExporter;
let provider: TracerProvider;
let meters: MeterProvider;
let points: InMemoryMetricExporter;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  exporter = new InMemorySpanExporter();
  provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  points = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 3_600_000 })] });
});
afterEach(() => {
  vi.useRealTimers();
});

function track(config: OutspanConfig = {}): CallTracker {
  const settings = settle(config, {});
  return new CallTracker({ settings: () => settings, tracer: () => provider.getTracer('test'), meterProvider: () => meters });
}

function start(tracker: CallTracker, subject: StepSubject, parent: Context = ROOT_CONTEXT, rest: Partial<StepStart> = {}): Step {
  const step = tracker.steps.start({ subject, parent, ...rest });
  if (step === undefined) throw new Error('not traced');
  return step;
}

function call(tracker: CallTracker, parent: Context, { status = 200, body = answer, model = 'gpt-5' } = {}): void {
  const attempt = tracker.begin({ method: 'POST', url, context: parent });
  attempt?.requestChunk(bytes(JSON.stringify({ model, messages: [] })));
  attempt?.requestSent();
  attempt?.responseHead(status, [['content-type', 'application/json']]);
  attempt?.responseChunk(bytes(body));
  attempt?.end({ by: 'completion' });
}

const finished = (): readonly ReadableSpan[] => exporter.getFinishedSpans();
const named = (name: string): ReadableSpan => {
  const span = finished().find((one) => one.name === name);
  if (span === undefined) throw new Error(`no span ${name} among ${finished().map((one) => one.name).join(', ')}`);
  return span;
};

async function told(metric: string): Promise<unknown[]> {
  vi.useRealTimers();
  points.reset();
  await meters.forceFlush();
  const all = points.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
  return all.filter(({ descriptor }) => descriptor.name === metric).flatMap(({ dataPoints }) => dataPoints.map(({ attributes, value }) => [attributes, typeof value === 'object' && 'sum' in value ? value.sum : value]));
}

describe('a step', () => {
  it('is a span by the conventions, with what runs in its context beneath it', () => {
    const tracker = track();
    const workflow = start(tracker, { kind: 'workflow', name: 'travel desk', conversationId: 'thread_1' });
    const agent = start(tracker, { kind: 'agent', name: 'planner', description: 'plans trips' }, workflow.context);
    const tool = start(tracker, { kind: 'tool', name: 'get_weather', type: 'function', callId: 'call_1', description: 'tells the weather' }, agent.context);
    call(tracker, agent.context);
    tool.end('returned');
    agent.end('returned');
    workflow.end('returned');
    const [chat, one, two, three] = ['chat gpt-5', 'execute_tool get_weather', 'invoke_agent planner', 'invoke_workflow travel desk'].map(named);
    expect(three?.attributes).toEqual({ 'gen_ai.operation.name': 'invoke_workflow', 'gen_ai.workflow.name': 'travel desk', 'gen_ai.conversation.id': 'thread_1' });
    expect(two?.attributes).toMatchObject({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'planner', 'gen_ai.agent.description': 'plans trips' });
    expect(one?.attributes).toEqual({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'get_weather',
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': 'call_1',
      'gen_ai.tool.description': 'tells the weather',
      'gen_ai.agent.name': 'planner',
      'gen_ai.conversation.id': 'thread_1',
    });
    expect([chat, one].map((span) => span?.parentSpanContext?.spanId)).toEqual([two, two].map((span) => span?.spanContext().spanId));
    expect(two?.parentSpanContext?.spanId).toBe(three?.spanContext().spanId);
    expect([one, two, three].map((span) => [span?.kind, span?.status.code])).toEqual(Array.from({ length: 3 }, () => [SpanKind.INTERNAL, SpanStatusCode.UNSET]));
  });

  it('is a CLIENT span where the agent runs at somebody else’s', () => {
    start(track(), { kind: 'agent', remote: { provider: 'openai', url: new URL('https://api.openai.com/v1'), id: 'asst_1', version: '2' } }).end('returned');
    const span = named('invoke_agent');
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(span.attributes).toEqual({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.provider.name': 'openai',
      'gen_ai.agent.id': 'asst_1',
      'gen_ai.agent.version': '2',
      'server.address': 'api.openai.com',
      'server.port': 443,
    });
  });

  it('tells of an agent what its own calls come to, and leaves another agent’s to that one', async () => {
    const tracker = track();
    const outer = start(tracker, { kind: 'agent', name: 'outer' });
    call(tracker, outer.context);
    const tool = start(tracker, { kind: 'tool', name: 'ask' }, outer.context);
    const inner = start(tracker, { kind: 'agent', name: 'inner' }, tool.context);
    call(tracker, inner.context, { model: 'small' });
    call(tracker, inner.context, { model: 'large' });
    inner.end('returned');
    tool.end('returned');
    call(tracker, outer.context);
    outer.end('returned');
    expect(named('invoke_agent outer').attributes).toMatchObject({ 'gen_ai.request.model': 'gpt-5', 'gen_ai.usage.input_tokens': 6, 'gen_ai.usage.output_tokens': 10, 'gen_ai.response.finish_reasons': ['stop'] });
    expect(named('invoke_agent inner').attributes).toMatchObject({ 'gen_ai.usage.input_tokens': 6 });
    expect(named('invoke_agent inner').attributes).not.toHaveProperty('gen_ai.request.model');
    expect(await told('gen_ai.invoke_agent.inference_calls')).toEqual([
      [{ 'gen_ai.agent.name': 'inner' }, 2],
      [{ 'gen_ai.agent.name': 'outer' }, 2],
    ]);
    expect(await told('gen_ai.invoke_agent.tool_calls')).toEqual([
      [{ 'gen_ai.agent.name': 'inner' }, 0],
      [{ 'gen_ai.agent.name': 'outer' }, 1],
    ]);
    expect((await told('gen_ai.execute_tool.duration')).map((point) => Array.isArray(point) && point[0])).toEqual([{ 'gen_ai.tool.name': 'ask', 'gen_ai.agent.name': 'outer' }]);
  });

  it('is measured from its start to its end, failed ones under their error', async () => {
    const tracker = track();
    const agent = start(tracker, { kind: 'agent', name: 'planner' }, ROOT_CONTEXT, { startedAt: performance.now() - 2_000 });
    agent.end({ threw: readSdkError(new TypeError('no')) });
    expect(await told('gen_ai.invoke_agent.duration')).toEqual([[{ 'gen_ai.agent.name': 'planner', 'error.type': 'TypeError' }, 2]]);
    const [seconds, nanoseconds] = named('invoke_agent planner').duration;
    expect(seconds + nanoseconds / 1e9).toBeCloseTo(2);
  });

  it.each([
    ['what its last call failed of', 503, new Error('The agent gave up'), { 'outspan.error.class': 'overloaded', 'outspan.error.origin': 'provider', 'error.type': 'server_error' }],
    ['an error of the application by its name', 200, new RangeError('too far'), { 'outspan.error.class': 'unknown', 'outspan.error.origin': 'client', 'error.type': 'RangeError' }],
    ['a lost connection of a tool', 200, Object.assign(new Error('no'), { code: 'ECONNREFUSED' }), { 'outspan.error.class': 'connection_refused', 'outspan.error.origin': 'network', 'error.type': 'ECONNREFUSED' }],
  ])('says of a failure %s', (_, status, error, attributes) => {
    const tracker = track({ limits: { retryWindow: 0 } });
    const agent = start(tracker, { kind: 'agent' });
    call(tracker, agent.context, status === 200 ? {} : { status, body: '{"error":{"message":"overloaded","type":"server_error"}}' });
    tracker.flush();
    agent.end({ threw: readSdkError(error) });
    const span = named('invoke_agent');
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(span.attributes).toMatchObject(attributes);
    expect(JSON.stringify([span.attributes, span.status])).not.toContain(error.message);
  });

  it('blames an error that came after a repaired failure on itself', () => {
    const tracker = track();
    const agent = start(tracker, { kind: 'agent' });
    const failed = start(tracker, { kind: 'tool', name: 'one' }, agent.context);
    failed.end({ failed: 'tool_error' });
    start(tracker, { kind: 'tool', name: 'two' }, agent.context).end('returned');
    agent.end({ threw: readSdkError(new RangeError('no')) });
    expect(named('execute_tool one').attributes).toMatchObject({ 'error.type': 'tool_error' });
    expect(named('invoke_agent').attributes).toMatchObject({ 'error.type': 'RangeError' });
  });

  it('that returned its last answer failed where that answer was lost', () => {
    const tracker = track();
    for (const name of ['whole', 'lost', 'recovered']) {
      const agent = start(tracker, { kind: 'agent', name });
      if (name !== 'whole') call(tracker, agent.context, { body: answer.slice(0, -20) });
      tracker.flush();
      if (name !== 'lost') call(tracker, agent.context);
      agent.end('returned_answer');
    }
    expect(['whole', 'lost', 'recovered'].map((name) => named(`invoke_agent ${name}`).attributes['outspan.response.truncation.kind'])).toEqual([undefined, 'json_incomplete', undefined]);
  });

  it('that checks an agent keeps what it asks to itself, and repairs nothing of what it checks', () => {
    const tracker = track();
    const agent = start(tracker, { kind: 'agent', name: 'planner' });
    call(tracker, agent.context, { body: answer.slice(0, -20) });
    tracker.flush();
    const guardrail = start(tracker, { kind: 'guardrail', name: 'politeness' }, agent.context);
    call(tracker, guardrail.context, { model: 'small' });
    if (guardrail.subject.kind === 'guardrail') guardrail.subject.triggered = false;
    guardrail.end('returned');
    agent.end('returned_answer');
    expect(named('guardrail politeness').attributes).toEqual({ 'outspan.guardrail.name': 'politeness', 'outspan.guardrail.triggered': false });
    expect(named('invoke_agent planner').attributes).toMatchObject({ 'gen_ai.request.model': 'gpt-5', 'outspan.response.truncation.kind': 'json_incomplete' });
    expect(named('invoke_agent planner').attributes).not.toHaveProperty('gen_ai.usage.input_tokens');
  });

  it('that hands over is named when it is known to whom, and linked to by the next', () => {
    const tracker = track();
    const planner = start(tracker, { kind: 'agent', name: 'planner', turns: 2 });
    const handoff = start(tracker, { kind: 'handoff', from: 'planner' }, planner.context);
    if (handoff.subject.kind === 'handoff') handoff.subject.to = 'writer';
    handoff.end('returned');
    planner.end('returned');
    start(tracker, { kind: 'agent', name: 'writer', handedOffBy: 'planner' }, ROOT_CONTEXT, { follows: handoff.span.spanContext() }).end('returned');
    expect(named('handoff writer').attributes).toEqual({ 'outspan.handoff.from': 'planner', 'outspan.handoff.to': 'writer' });
    expect(named('invoke_agent planner').attributes).toMatchObject({ 'outspan.agent.turns': 2 });
    expect(named('invoke_agent writer').attributes).toMatchObject({ 'outspan.handoff.from': 'planner' });
    expect(named('invoke_agent writer').links.map((link) => link.context.spanId)).toEqual([named('handoff writer').spanContext().spanId]);
  });

  it('that its caller stopped is cancelled, not failed', () => {
    start(track(), { kind: 'agent', name: 'a' }).end('cancelled');
    start(track(), { kind: 'agent', name: 'b' }).end({ threw: readSdkError(new DOMException('stop', 'AbortError')) });
    for (const span of finished()) {
      expect(span.status.code).toBe(SpanStatusCode.UNSET);
      expect(span.attributes).toMatchObject({ 'outspan.operation.cancelled': true });
    }
  });

  it('ends once', () => {
    const tracker = track();
    const step = start(tracker, { kind: 'tool', name: 'once' });
    step.end('returned');
    step.end({ failed: 'late' });
    step.abandon();
    expect(finished().map((span) => span.status.code)).toEqual([SpanStatusCode.UNSET]);
    expect(tracker.steps.openSteps).toBe(0);
  });

  it('is found by its context as long as it is open, and hides the call that it was started in', () => {
    const tracker = track();
    const step = start(tracker, { kind: 'tool', name: 'look_up' });
    expect(stepOf(step.context)).toBe(step);
    const operation = tracker.begin({ method: 'POST', url, context: step.context });
    operation?.end({ by: 'caller' });
    step.end('returned');
    expect(stepOf(step.context)).toBeUndefined();
    expect(stepOf(context.active())).toBeUndefined();
  });

  it('is what a framework says is under way, for calls and steps outside of any other', () => {
    const tracker = track();
    const agent = start(tracker, { kind: 'agent', name: 'ambient' });
    const leave = provideStep(() => agent);
    call(tracker, ROOT_CONTEXT);
    const tool = start(tracker, { kind: 'tool', name: 'inner' });
    call(tracker, tool.context, { model: 'small' });
    tool.end('returned');
    leave();
    agent.end('returned');
    call(tracker, ROOT_CONTEXT, { model: 'other' });
    const parents = new Map(finished().map((span) => [span.name, span.parentSpanContext?.spanId]));
    const id = named('invoke_agent ambient').spanContext().spanId;
    expect([parents.get('chat gpt-5'), parents.get('execute_tool inner'), parents.get('chat other')]).toEqual([id, id, undefined]);
    expect(parents.get('chat small')).toBe(named('execute_tool inner').spanContext().spanId);
  });

  it('is none where tracing is suppressed', () => {
    const suppressed = ROOT_CONTEXT.setValue(Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true);
    expect(track().steps.start({ subject: { kind: 'agent' }, parent: suppressed })).toBeUndefined();
  });
});

describe('the content of a step', () => {
  const input = { toolArguments: '{"city":"Paris","key":"sk-abcdefghijklmnopqrstuv"}' };
  const output = { toolResult: { sky: 'blue' }, outputMessages: [] };

  it('is not even asked for by default', () => {
    const content = vi.fn(() => input);
    start(track(), { kind: 'tool', name: 'get_weather' }, ROOT_CONTEXT, { content }).end('returned', content);
    expect(content).not.toHaveBeenCalled();
    expect(Object.keys(named('execute_tool get_weather').attributes).filter((name) => name.startsWith('gen_ai.tool.call'))).toEqual([]);
  });

  it('is recorded on opt-in, without keys', () => {
    start(track({ captureContent: 'span' }), { kind: 'tool', name: 'get_weather' }, ROOT_CONTEXT, { content: () => input }).end('returned', () => output);
    expect(named('execute_tool get_weather').attributes).toMatchObject({ 'gen_ai.tool.call.arguments': '{"city":"Paris","key":"REDACTED"}', 'gen_ai.tool.call.result': '{"sky":"blue"}' });
    expect(named('execute_tool get_weather').attributes).not.toHaveProperty('gen_ai.output.messages');
  });

  it.each([
    ['plain text', 'sunny', 'sunny'],
    ['text that is JSON', '{"sky":"blue"}', '{"sky":"blue"}'],
    ['a list', ['sunny', 21], '["sunny",21]'],
    ['a number', 21, '21'],
  ])('is what the tool gave: %s', (_what, toolResult, recorded) => {
    start(track({ captureContent: 'span' }), { kind: 'tool', name: 'get_weather' }).end('returned', () => ({ toolArguments: 'Paris', toolResult }));
    expect(named('execute_tool get_weather').attributes).toMatchObject({ 'gen_ai.tool.call.arguments': 'Paris', 'gen_ai.tool.call.result': recorded });
  });

  it('passes the redaction hook and is bounded', () => {
    const seen: string[] = [];
    const redact = ({ attribute, value }: { attribute: string; value: unknown }): unknown => {
      seen.push(attribute);
      return attribute.endsWith('arguments') ? undefined : value;
    };
    const content = { toolArguments: { a: 1 }, toolResult: 'x'.repeat(10_000) };
    start(track({ captureContent: 'span', redact, limits: { contentBytes: 100 } }), { kind: 'tool', name: 't' }).end('returned', () => content);
    const { attributes } = named('execute_tool t');
    expect(seen).toEqual(['gen_ai.tool.call.arguments', 'gen_ai.tool.call.result']);
    expect(attributes).not.toHaveProperty('gen_ai.tool.call.arguments');
    expect(String(attributes['gen_ai.tool.call.result']).length).toBeLessThanOrEqual(100);
  });

  it('that cannot be read costs the content, not the step', () => {
    const hostile: Record<string, unknown> = {};
    hostile['self'] = hostile;
    const throwing = (): never => {
      throw new Error('no content');
    };
    start(track({ captureContent: 'span' }), { kind: 'tool', name: 't' }, ROOT_CONTEXT, { content: throwing }).end('returned', () => ({ toolArguments: hostile, toolResult: 5 }));
    expect(named('execute_tool t').attributes).toMatchObject({ 'gen_ai.tool.call.result': '5' });
  });

  it('leaves no key in a name or a description', () => {
    const key = 'sk-abcdefghijklmnopqrstuv';
    start(track(), { kind: 'agent', name: key, description: `uses ${key}` }).end('returned');
    const [span] = finished();
    expect(JSON.stringify([span?.name, span?.attributes])).not.toContain(key);
  });
});

describe('a step that nobody ends', () => {
  it('is ended as abandoned at shutdown, innermost first', () => {
    const tracker = track();
    const agent = start(tracker, { kind: 'agent' });
    start(tracker, { kind: 'tool', name: 't' }, agent.context);
    tracker.shutdown();
    expect(finished().map((span) => [span.name, span.attributes['outspan.operation.cancelled'], span.attributes['outspan.operation.interrupted']])).toEqual([
      ['execute_tool t', true, undefined],
      ['invoke_agent', true, undefined],
    ]);
  });

  it('is ended as cut off by the end of the process', () => {
    const tracker = track();
    start(tracker, { kind: 'agent' });
    tracker.interrupt();
    expect(finished().map((span) => span.attributes['outspan.operation.interrupted'])).toEqual([true]);
  });

  it('goes on through a flush', () => {
    const tracker = track();
    start(tracker, { kind: 'agent' });
    tracker.flush();
    expect(tracker.steps.openSteps).toBe(1);
  });

  it('is given up after the idle time, but not while something runs beneath it', () => {
    const tracker = track({ limits: { idleTimeout: 10_000 } });
    const agent = start(tracker, { kind: 'agent' });
    const attempt = tracker.begin({ method: 'POST', url, context: agent.context });
    attempt?.requestSent();
    vi.advanceTimersByTime(9_000);
    attempt?.responseHead(200, [['content-type', 'application/json']]);
    vi.advanceTimersByTime(6_000);
    expect(agent.ended).toBe(false);
    attempt?.responseChunk(bytes(answer));
    attempt?.end({ by: 'completion' });
    vi.advanceTimersByTime(20_000);
    expect(named('invoke_agent').attributes).toMatchObject({ 'outspan.operation.cancelled': true });
  });

  it('ends by itself after a failure where its framework might not tell, unless something follows', () => {
    const tracker = track();
    const agent = start(tracker, { kind: 'agent' }, ROOT_CONTEXT, { endsAfterFailure: 5_000 });
    call(tracker, agent.context, { status: 400, body: '{"error":{"message":"no","code":"context_length_exceeded"}}' });
    vi.advanceTimersByTime(4_000);
    call(tracker, agent.context);
    vi.advanceTimersByTime(10_000);
    expect(agent.ended).toBe(false);
    call(tracker, agent.context, { status: 400, body: '{"error":{"message":"no","code":"context_length_exceeded"}}' });
    vi.advanceTimersByTime(5_001);
    expect(named('invoke_agent').attributes).toMatchObject({ 'outspan.error.class': 'context_length_exceeded' });
    expect(agent.endedAt).toBe(agent.lastSeenAt);
  });

  it('gives way to a newer one when too many are open', () => {
    const tracker = track({ limits: { openSteps: 2 } });
    const [oldest] = ['a', 'b', 'c'].map((name) => start(tracker, { kind: 'tool', name }));
    expect(tracker.steps.openSteps).toBe(2);
    expect(oldest?.ended).toBe(true);
    expect(finished().map((span) => span.name)).toEqual(['execute_tool a']);
  });
});
