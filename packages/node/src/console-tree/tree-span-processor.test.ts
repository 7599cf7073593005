import { SpanKind, SpanStatusCode, trace, context, type Attributes, type Context, type Span, type Tracer } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { beforeEach, describe, expect, it } from 'vitest';
import { TreeSpanProcessor } from './tree-span-processor.ts';

let blocks: string[];
let processor: TreeSpanProcessor;
let tracer: Tracer;

beforeEach(() => {
  blocks = [];
  processor = new TreeSpanProcessor({ write: (block) => blocks.push(block) });
  tracer = new TracerProvider({ spanProcessors: [processor] }).getTracer('test');
});

const CHAT: Attributes = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-5', 'gen_ai.provider.name': 'openai' };

function startOperation(name = 'chat gpt-5', attributes: Attributes = CHAT): { span: Span; inside: Context } {
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes, startTime: [1_000, 0] });
  return { span, inside: trace.setSpan(context.active(), span) };
}

function startAttempt(inside: Context, number: number, attributes: Attributes = {}): Span {
  return tracer.startSpan('POST', { attributes: { 'outspan.attempt.number': number, 'http.request.method': 'POST', ...attributes }, startTime: [1_000, 0] }, inside);
}

describe('TreeSpanProcessor', () => {
  it('prints an operation whose attempts ended before it', () => {
    const { span, inside } = startOperation();
    startAttempt(inside, 1, { 'http.response.status_code': 200 }).end([1_000, 410_000_000]);
    expect(blocks).toEqual([]);
    span.end([1_000, 420_000_000]);
    expect(blocks).toEqual(['✓ chat gpt-5 · openai · 0.42 s\n└─ 1  200  0.41 s']);
  });

  it('waits for an attempt that ends after its operation', () => {
    const { span, inside } = startOperation();
    const attempt = startAttempt(inside, 1, { 'http.response.status_code': 200 });
    span.end([1_000, 420_000_000]);
    expect(blocks).toEqual([]);
    attempt.end([1_001, 0]);
    expect(blocks).toEqual(['✓ chat gpt-5 · openai · 0.42 s\n└─ 1  200  1.00 s']);
  });

  it('prints attempts in their order, whatever order they end in', () => {
    const { span, inside } = startOperation();
    const first = startAttempt(inside, 1, { 'http.response.status_code': 502 });
    const second = startAttempt(inside, 2, { 'http.response.status_code': 200 });
    second.end([1_000, 0]);
    first.end([1_000, 0]);
    span.end([1_000, 0]);
    expect(blocks[0]?.split('\n').slice(1)).toEqual(['├─ 1  502  0 ms', '└─ 2  200  0 ms']);
  });

  it('prints an operation without attempts', () => {
    startOperation().span.end([1_000, 1_000_000]);
    expect(blocks).toEqual(['✓ chat gpt-5 · openai · 1 ms']);
  });

  it("prints the SDK's own span of an Anthropic call by what it was, though its attributes came late", () => {
    const { span, inside } = startOperation('anthropic.messages.create', {});
    startAttempt(inside, 1, { 'http.response.status_code': 200 }).end([1_000, 0]);
    span.setAttributes({ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'claude-opus-5', 'gen_ai.provider.name': 'anthropic', 'anthropic.message.stop_reason': 'end_turn' });
    span.end([1_001, 0]);
    expect(blocks).toEqual(['✓ chat claude-opus-5 · anthropic · 1.00 s\n│ finish end_turn\n└─ 1  200  0 ms']);
  });

  it("takes another instrumentation's HTTP span below an operation as its attempt", () => {
    const { span, inside } = startOperation();
    tracer.startSpan('POST', { attributes: { 'http.request.method': 'POST', 'http.response.status_code': 200 }, startTime: [1_000, 0] }, inside).end([1_000, 0]);
    span.end([1_000, 0]);
    expect(blocks[0]).toContain('└─ 1  200');
  });

  it('keeps concurrent operations apart', () => {
    const one = startOperation();
    const other = startOperation('chat o4', { ...CHAT, 'gen_ai.request.model': 'o4' });
    startAttempt(other.inside, 1, { 'http.response.status_code': 201 }).end([1_000, 0]);
    startAttempt(one.inside, 1, { 'http.response.status_code': 200 }).end([1_000, 0]);
    other.span.end([1_000, 0]);
    one.span.end([1_000, 0]);
    expect(blocks.map((block) => block.split('\n')[1])).toEqual(['└─ 1  201  0 ms', '└─ 1  200  0 ms']);
  });

  it('prints nothing for spans that are no operations', () => {
    const request = tracer.startSpan('GET /');
    tracer.startSpan('GET', { attributes: { 'http.request.method': 'GET' } }, trace.setSpan(context.active(), request)).end();
    request.end();
    expect(blocks).toEqual([]);
  });

  it('prints at a flush what has ended, though an attempt of it has not', async () => {
    const { span, inside } = startOperation();
    startAttempt(inside, 1);
    span.end([1_000, 0]);
    await processor.forceFlush();
    expect(blocks).toEqual(['✓ chat gpt-5 · openai · 0 ms']);
  });

  it('lets the oldest go when a thousand wait, and prints it if it was an operation', () => {
    const { span, inside } = startOperation();
    startAttempt(inside, 1);
    span.end([1_000, 0]);
    for (let number = 0; number < 1_000; number += 1) startAttempt(startOperation().inside, 1);
    expect(blocks).toHaveLength(1);
  });

  it('shows twenty attempts and counts the rest', () => {
    const { span, inside } = startOperation();
    for (let number = 1; number <= 25; number += 1) startAttempt(inside, number, { 'http.response.status_code': 429 }).end([1_000, 0]);
    span.end([1_000, 0]);
    const lines = blocks[0]?.split('\n') ?? [];
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe('└─ 5 more');
  });

  it('survives a writer that throws', () => {
    const failing = new TreeSpanProcessor({
      write: () => {
        throw new Error('closed');
      },
    });
    const span = new TracerProvider({ spanProcessors: [failing] }).getTracer('test').startSpan('chat', { attributes: CHAT });
    expect(() => span.setStatus({ code: SpanStatusCode.ERROR }).end()).not.toThrow();
  });
});
