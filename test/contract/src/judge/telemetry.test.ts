import { describe, expect, it } from 'vitest';
import type { RecordedSpan } from '../runner/job.ts';
import type { Expectation } from './expectation.ts';
import { judgeTelemetry } from './telemetry.ts';

const SETTING = { rooted: true } as const;
const KEY = 'sk-CANARY0001-b7f3';

function span(of: Partial<RecordedSpan> & Pick<RecordedSpan, 'spanId' | 'name'>): RecordedSpan {
  return { traceId: 't', scope: 's', kind: 'CLIENT', status: 'UNSET', attributes: {}, events: [], start: 0, end: 10, ...of };
}

const ROOT = span({ spanId: 'root', name: 'handle request', kind: 'INTERNAL' });
const FAILURE = { 'error.type': '502', 'outspan.error.class': 'bad_gateway', 'outspan.error.origin': 'gateway', 'outspan.error.retryable': true };
const OPERATION = span({
  spanId: 'op',
  name: 'chat m',
  parentSpanId: 'root',
  status: 'ERROR',
  attributes: { 'gen_ai.operation.name': 'chat', 'outspan.operation.boundary': 'sdk', 'outspan.retry.count': 1, ...FAILURE },
});
const FIRST = span({ spanId: 'a1', name: 'POST', parentSpanId: 'op', status: 'ERROR', attributes: { 'http.request.method': 'POST', 'http.response.status_code': 502, ...FAILURE } });
const SECOND = span({
  ...FIRST,
  spanId: 'a2',
  start: 5,
  attributes: { ...FIRST.attributes, 'http.request.resend_count': 1 },
});
const END = { outcome: 'failure', class: ['bad_gateway'], origin: ['gateway'], retryable: true } as const;
const EXPECTED: Expectation = {
  operations: [{ boundary: 'sdk', end: END, truncation: [], retryCount: 1, tokens: {}, finishReasons: [], invalidToolCalls: 0 }],
  attempts: [
    { status: 502, resends: 0, end: END, truncation: [] },
    { status: 502, resends: 1, end: END, truncation: [] },
  ],
};

function pathsOf(spans: readonly RecordedSpan[]): readonly string[] {
  return judgeTelemetry(SETTING, EXPECTED, { spans, apiKey: KEY }).map(({ path }) => path);
}

function withAttributes(of: RecordedSpan, attributes: RecordedSpan['attributes']): RecordedSpan {
  return { ...of, attributes: { ...of.attributes, ...attributes } };
}

describe('judgeTelemetry', () => {
  it('finds nothing in spans that say what is true', () => {
    expect(pathsOf([ROOT, OPERATION, FIRST, SECOND])).toEqual([]);
  });

  it('finds an operation that is missing, or there twice', () => {
    expect(pathsOf([ROOT, FIRST, SECOND])).toContain('operations');
    expect(pathsOf([ROOT, OPERATION, { ...OPERATION, spanId: 'op2' }, FIRST, SECOND])).toContain('operations');
  });

  it('finds an attempt that is missing', () => {
    expect(pathsOf([ROOT, OPERATION, FIRST])).toEqual(['attempts']);
  });

  it('finds an attempt that is not beneath its operation', () => {
    expect(pathsOf([ROOT, OPERATION, FIRST, { ...SECOND, parentSpanId: 'root' }])).toEqual(['attempt 2 parent']);
  });

  it('finds an operation that left its caller', () => {
    expect(pathsOf([ROOT, { ...OPERATION, parentSpanId: 'elsewhere' }, FIRST, SECOND])).toEqual(['operation parent']);
  });

  it('looks through agents and tools, which are no calls, and finds one that hides the failure of its call', () => {
    const agent = span({ spanId: 'agent', name: 'invoke_agent', parentSpanId: 'root', status: 'ERROR', kind: 'INTERNAL', attributes: { 'gen_ai.operation.name': 'invoke_agent' } });
    const beneath = { ...OPERATION, parentSpanId: 'agent' };
    expect(pathsOf([ROOT, agent, beneath, FIRST, SECOND])).toEqual([]);
    expect(pathsOf([ROOT, { ...agent, status: 'UNSET' }, beneath, FIRST, SECOND])).toEqual(['invoke_agent status']);
    expect(pathsOf([ROOT, { ...agent, parentSpanId: 'elsewhere' }, beneath, FIRST, SECOND])).toEqual(['operation parent']);
  });

  it('finds a failure under another name', () => {
    expect(pathsOf([ROOT, withAttributes(OPERATION, { 'outspan.error.class': 'server_error' }), FIRST, SECOND])).toEqual(['operation outspan.error.class']);
  });

  it('finds a status that hides the failure', () => {
    expect(pathsOf([ROOT, OPERATION, FIRST, { ...SECOND, status: 'UNSET' }])).toEqual(['attempt 2 status']);
  });

  it('finds tokens that nobody sent', () => {
    expect(pathsOf([ROOT, withAttributes(OPERATION, { 'gen_ai.usage.input_tokens': 3 }), FIRST, SECOND])).toEqual(['gen_ai.usage.input_tokens']);
  });

  it('finds a key wherever it stands', () => {
    expect(pathsOf([ROOT, { ...OPERATION, statusMessage: `Incorrect API key provided: ${KEY}` }, FIRST, SECOND])).toEqual(['key in a span']);
  });

  it('finds a prompt in an event', () => {
    const events = [{ name: 'gen_ai.content', attributes: { text: 'What is the capital of France? PROMPT-CANARY-5d1e' } }];
    expect(pathsOf([ROOT, { ...OPERATION, events }, FIRST, SECOND])).toEqual(['prompt in a span']);
  });

  it('finds an operation that ends before its attempts', () => {
    expect(pathsOf([ROOT, OPERATION, FIRST, { ...SECOND, end: 60 }])).toEqual(['operation covers its attempts']);
  });

  it('finds spans that nobody asked for', () => {
    expect(pathsOf([ROOT, OPERATION, FIRST, SECOND, span({ spanId: 'x', name: 'something else', parentSpanId: 'root' })])).toEqual(['other spans']);
  });
});
