import { SpanStatusCode, type Attributes } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { PLAIN } from './colours.ts';
import { renderOperation, type ShownSpan } from './render.ts';

function span(attributes: Attributes, options: { failed?: boolean; seconds?: number } = {}): ShownSpan {
  const seconds = options.seconds ?? 0.21;
  return {
    name: 'chat gpt-5',
    attributes,
    status: { code: options.failed === true ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    duration: [Math.floor(seconds), Math.round((seconds % 1) * 1e9)],
  };
}

const CHAT: Attributes = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-5', 'gen_ai.provider.name': 'openai' };

describe('renderOperation', () => {
  it('names an agent, a tool and a workflow', () => {
    const agent = span({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'planner', 'gen_ai.request.model': 'gpt-5' });
    const tool = span({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'get_weather', 'error.type': 'tool_error', 'outspan.error.class': 'unknown' }, { failed: true });
    const workflow = span({ 'gen_ai.operation.name': 'invoke_workflow' });
    expect([agent, tool, workflow].map((one) => renderOperation(one, [], PLAIN))).toEqual(['✓ invoke_agent planner · 0.21 s', '✗ execute_tool get_weather · 0.21 s · FAILED unknown', '✓ invoke_workflow · 0.21 s']);
  });

  it('draws a failure with everything that is known of it', () => {
    const operation = span(
      {
        ...CHAT,
        'outspan.error.class': 'truncated_response',
        'outspan.error.origin': 'network',
        'outspan.error.retryable': true,
        'outspan.response.truncation.kind': 'stream_unterminated',
        'gen_ai.usage.input_tokens': 12,
        'gen_ai.usage.output_tokens': 40,
        'gen_ai.response.finish_reasons': ['error'],
        'outspan.retry.count': 2,
        'outspan.retry.delay': 1,
        'outspan.operation.boundary': 'sdk',
        'outspan.provider.request_id': 'req_123',
      },
      { failed: true, seconds: 1.32 },
    );
    const attempts = [
      span({ 'outspan.attempt.number': 1, 'http.response.status_code': 502, 'outspan.error.class': 'bad_gateway', 'outspan.error.origin': 'gateway' }, { failed: true }),
      span({ 'outspan.attempt.number': 2, 'outspan.error.class': 'connection_refused', 'outspan.error.origin': 'network' }, { failed: true }),
      span(
        { 'outspan.attempt.number': 3, 'http.response.status_code': 200, 'outspan.response.truncation.kind': 'stream_unterminated', 'outspan.response.bytes_received': 512 },
        { failed: true, seconds: 0.31 },
      ),
    ];
    expect(renderOperation(operation, attempts, PLAIN).split('\n')).toEqual([
      '✗ chat gpt-5 · openai · 1.32 s · FAILED truncated_response (network, retryable) · stream_unterminated',
      '│ tokens 12 in / 40 out · finish error · 2 retries, 1.00 s waiting · boundary sdk · request id req_123',
      '├─ 1  502 bad_gateway (gateway)  0.21 s',
      '├─ 2  connection_refused (network)  0.21 s',
      '└─ 3  200 truncated: stream_unterminated  0.31 s  512 B',
    ]);
  });

  it('marks a cancellation as neither success nor failure', () => {
    expect(renderOperation(span({ ...CHAT, 'outspan.operation.cancelled': true }), [], PLAIN)).toBe('◌ chat gpt-5 · openai · 0.21 s · cancelled by the caller');
  });

  it('says that the end of the process cut a call off', () => {
    const attributes = { ...CHAT, 'outspan.operation.cancelled': true, 'outspan.operation.interrupted': true };
    expect(renderOperation(span(attributes), [], PLAIN)).toBe('◌ chat gpt-5 · openai · 0.21 s · cut off by the end of the process');
  });

  it('marks a token limit as a truncation that is no failure', () => {
    expect(renderOperation(span({ ...CHAT, 'outspan.response.truncation.kind': 'token_limit' }), [], PLAIN)).toBe('✓ chat gpt-5 · openai · 0.21 s · truncated: token_limit');
  });

  it('says how much of what was announced came', () => {
    const attempt = span({ 'http.response.status_code': 200, 'outspan.response.truncation.kind': 'connection_lost', 'outspan.response.bytes_received': 1_500, 'outspan.response.bytes_expected': 48_000 }, { failed: true });
    expect(renderOperation(span(CHAT), [attempt], PLAIN).split('\n')[1]).toBe('└─ 1  200 truncated: connection_lost  0.21 s  1.5 kB of 48.0 kB');
  });

  it('falls back to error.type where there is no class', () => {
    expect(renderOperation(span({ ...CHAT, 'error.type': 'overloaded_error' }, { failed: true }), [], PLAIN)).toContain('FAILED overloaded_error');
  });

  it('counts tool calls that do not parse', () => {
    expect(renderOperation(span({ ...CHAT, 'outspan.response.tool_calls.invalid': 1 }), [], PLAIN)).toContain('1 invalid tool call');
  });

  it('escapes what would move the cursor, colour, reorder or break the line', () => {
    const hostile = renderOperation(span({ ...CHAT, 'gen_ai.request.model': 'a\u001b[2Jb\r\nc\u202ed\u0085' }), [], PLAIN);
    expect(hostile).toBe('✓ chat a\\u001b[2Jb\\u000d\\u000ac\\u202ed\\u0085 · openai · 0.21 s');
  });

  it('cuts values that are too long', () => {
    expect(renderOperation(span({ ...CHAT, 'gen_ai.request.model': 'm'.repeat(5_000) }), [], PLAIN).length).toBeLessThan(200);
  });
});
