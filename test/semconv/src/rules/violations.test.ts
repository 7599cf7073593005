import { describe, expect, it } from 'vitest';
import type { Attributes, EmittedEvent, EmittedMetric, EmittedSpan, TracedCall } from '../telemetry.ts';
import { metricViolations } from './metric-rules.ts';
import { violations } from './violations.ts';

const IDENTITY: Attributes = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o-mini',
  'server.address': '127.0.0.1',
  'server.port': 4011,
  'openai.api.type': 'chat_completions',
  'outspan.operation.boundary': 'sdk',
  'outspan.retry.count': 0,
};

const ANSWERED: Attributes = {
  ...IDENTITY,
  'gen_ai.response.id': 'chatcmpl-1',
  'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
  'gen_ai.response.finish_reasons': ['stop'],
  'gen_ai.usage.input_tokens': 11,
  'gen_ai.usage.output_tokens': 7,
};

const FAILED: Attributes = { ...IDENTITY, 'error.type': '500', 'outspan.error.class': 'server_error', 'outspan.error.origin': 'provider', 'outspan.error.retryable': true };

const EXCHANGED: Attributes = {
  'http.request.method': 'POST',
  'url.full': 'http://127.0.0.1:4011/v1/chat/completions',
  'server.address': '127.0.0.1',
  'server.port': 4011,
  'http.response.status_code': 200,
  'outspan.attempt.number': 1,
};

const OPERATION: EmittedSpan = { scope: '@outspan/core', name: 'chat gpt-4o-mini', kind: 'client', traceId: 't', spanId: 'a', status: 'unset', attributes: ANSWERED, events: [] };
const ATTEMPT: EmittedSpan = { scope: '@outspan/core', name: 'POST', kind: 'client', traceId: 't', spanId: 'b', parentSpanId: 'a', status: 'unset', attributes: EXCHANGED, events: [] };
const EXCEPTION: EmittedEvent = { scope: '@outspan/core', name: 'gen_ai.client.operation.exception', severity: 13, traceId: 't', spanId: 'a', attributes: { 'exception.type': '500' } };

function call(operation: Partial<EmittedSpan>, attempt: Partial<EmittedSpan> = {}, events: readonly EmittedEvent[] = []): TracedCall {
  return { name: 'call', spans: [{ ...OPERATION, ...operation }, { ...ATTEMPT, ...attempt }], events };
}

function without(attributes: Attributes, name: string): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => key !== name));
}

describe('violations', () => {
  it('finds nothing wrong with a call that follows the conventions', () => {
    expect(violations(call({}), [])).toEqual([]);
    expect(violations(call({ status: 'error', attributes: FAILED }, {}, [EXCEPTION]), [])).toEqual([]);
  });

  it.each<[string, TracedCall, string]>([
    ['an unknown operation', call({ attributes: { ...ANSWERED, 'gen_ai.operation.name': 'converse' }, name: 'converse gpt-4o-mini' }), 'genai_operation_name_unknown'],
    ['a name of its own', call({ name: 'openai.chat' }), 'genai_span_name_format'],
    ['an attempt that is not named by its method', call({}, { name: 'POST /v1/chat/completions' }), 'genai_span_name_format'],
    ['a kind that is not of the client', call({ kind: 'server' }), 'genai_span_kind_unexpected'],
    ['an attempt of another kind', call({}, { kind: 'internal' }), 'genai_span_kind_unexpected'],
    ['a required attribute that is missing', call({ attributes: without(ANSWERED, 'gen_ai.provider.name') }), 'genai_expected_attribute_missing'],
    ['an answer without its tokens', call({ attributes: without(ANSWERED, 'gen_ai.usage.input_tokens') }), 'genai_expected_attribute_missing'],
    ['an address without its port', call({ attributes: without(ANSWERED, 'server.port') }), 'genai_expected_attribute_missing'],
    ['an attempt without its URL', call({}, { attributes: without(EXCHANGED, 'url.full') }), 'genai_expected_attribute_missing'],
    ['a second attempt that does not say so', call({}, { attributes: { ...EXCHANGED, 'outspan.attempt.number': 2 } }), 'genai_expected_attribute_missing'],
    ['an attribute that nobody knows', call({ attributes: { ...ANSWERED, 'gen_ai.request.mood': 'good' } }), 'missing_attribute'],
    ['an attribute of operations on an attempt', call({}, { attributes: { ...EXCHANGED, 'outspan.retry.count': 1 } }), 'missing_attribute'],
    ['a deprecated attribute', call({ attributes: { ...ANSWERED, 'gen_ai.system': 'openai' } }), 'deprecated'],
    ['a count that is no whole number', call({ attributes: { ...ANSWERED, 'gen_ai.usage.output_tokens': 7.5 } }), 'type_mismatch'],
    ['a number as text', call({}, { attributes: { ...EXCHANGED, 'outspan.attempt.number': '1' } }), 'type_mismatch'],
    ['a word that an enum does not have', call({ attributes: { ...ANSWERED, 'gen_ai.output.type': 'xml' } }), 'undefined_enum_variant'],
    ['a word of ours that is none', call({ attributes: { ...ANSWERED, 'outspan.response.truncation.kind': 'token_limit,lost' } }), 'undefined_enum_variant'],
    ['content of another shape', call({ attributes: { ...ANSWERED, 'gen_ai.output.messages': '[{"role":"assistant","content":"Hello"}]' } }), 'genai_content_schema'],
    ['content that is no JSON', call({ attributes: { ...ANSWERED, 'gen_ai.input.messages': '[{"role":"us' } }), 'type_mismatch'],
    ['the status OK', call({ status: 'ok' }), 'span_status_ok_set_by_instrumentation'],
    ['an error without its type', call({ status: 'error', attributes: without(FAILED, 'error.type') }), 'error_type_missing_on_error'],
    ['a type of error without the error', call({ attributes: { ...ANSWERED, 'error.type': '500' } }), 'error_type_without_error_status'],
    ['an exception as a span event', call({ events: ['exception'] }), 'no_span_events'],
    ['a status of 500 that is no error', call({}, { attributes: { ...EXCHANGED, 'http.response.status_code': 500 } }), 'http_error_status'],
    ['an attempt on its own', call({}, { parentSpanId: 'elsewhere' }), 'attempt_under_operation'],
    ['an event of another name', call({}, {}, [{ ...EXCEPTION, name: 'gen_ai.choice' }]), 'missing_event'],
    ['an event of another severity', call({}, {}, [{ ...EXCEPTION, severity: 17 }]), 'severity'],
    ['an event of an attempt', call({}, {}, [{ ...EXCEPTION, spanId: 'b' }]), 'in_operation'],
    ['an event attribute that nobody knows', call({}, {}, [{ ...EXCEPTION, attributes: { ...EXCEPTION.attributes, mood: 'bad' } }]), 'missing_attribute'],
    ['an exception without a name', call({}, {}, [{ ...EXCEPTION, attributes: {} }]), 'exception_named'],
    [
      'event content as text',
      call({}, {}, [{ ...EXCEPTION, name: 'gen_ai.client.inference.operation.details', severity: 5, attributes: { ...IDENTITY, 'gen_ai.input.messages': '[]' } }]),
      'type_mismatch',
    ],
  ])('notices %s', (_what, given, rule) => {
    expect(violations(given, []).map((violation) => violation.split(':')[0])).toContain(rule);
  });

  it('demands the attributes that apply to the call, of its operation alone', () => {
    expect(violations(call({}), ['gen_ai.request.seed'])).toEqual(["genai_expected_attribute_missing: 'chat gpt-4o-mini' lacks gen_ai.request.seed"]);
  });

  it('lets an adopted span keep its name and what its SDK wrote, and nothing else', () => {
    const native = { scope: 'com.anthropic.sdk.typescript', name: 'anthropic.messages.create' };
    expect(violations(call({ ...native, attributes: { ...ANSWERED, 'anthropic.request.id': 'req_1' } }), [])).toEqual([]);
    expect(violations(call({ ...native, attributes: { ...ANSWERED, 'anthropic.mood': 'good' } }), [])).toHaveLength(1);
  });
});

describe('the rules for metrics of our own', () => {
  const TARGET: Attributes = { 'gen_ai.provider.name': 'openai', 'server.address': '127.0.0.1' };
  const metric = (given: Partial<EmittedMetric>): EmittedMetric => ({
    scope: '@outspan/core',
    name: 'outspan.client.operations',
    unit: '{operation}',
    instrument: 'counter',
    points: [{ ...TARGET, 'outspan.operation.outcome': 'failure', 'outspan.error.class': 'timeout' }],
    values: [1],
    ...given,
  });

  it('find nothing wrong with what the registry declares', () => {
    expect(metricViolations(metric({}))).toEqual([]);
  });

  it.each([
    ['a name that is not in the registry', { name: 'outspan.client.moods' }, 'outspan.client.moods is not in the registry'],
    ['another unit', { unit: '1' }, 'outspan.client.operations is in 1, not in {operation}'],
    ['another instrument', { instrument: 'gauge' }, 'outspan.client.operations is a gauge, not a counter'],
    ['a point without what it must have', { points: [TARGET] }, 'outspan.client.operations lacks outspan.operation.outcome'],
    ['an attribute of another metric', { points: [{ 'outspan.operation.outcome': 'success', 'outspan.token.type': 'input' }] }, 'outspan.client.operations must not have outspan.token.type'],
    ['a word that is not in the vocabulary', { points: [{ 'outspan.operation.outcome': 'sunny' }] }, 'outspan.client.operations has outspan.operation.outcome="sunny"'],
    ['a value of another type', { points: [{ 'outspan.operation.outcome': 'success', 'outspan.retried': 'yes' }] }, 'outspan.client.operations has outspan.retried of another type than boolean'],
  ])('notice %s', (_what, given, violation) => {
    expect(metricViolations(metric(given))).toEqual([violation]);
  });
});
