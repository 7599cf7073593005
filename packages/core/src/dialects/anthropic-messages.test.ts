import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../platform/bytes.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import type { AnswerFacts, StreamEvent } from './dialect.ts';

const URL_MESSAGES = new URL('https://api.anthropic.com/v1/messages');
const VERTEX = 'https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929';
const answer = (body: unknown, contentBytes = 0): AnswerFacts => anthropicMessages.readAnswer(body, { contentBytes });
const event = (type: string, fields: object = {}): StreamEvent => ({ name: type, data: JSON.stringify({ type, ...fields }) });
const START = event('message_start', { message: { id: 'msg_1', type: 'message', model: 'claude-sonnet-4-5-20250929', content: [], stop_reason: null, usage: { input_tokens: 3, cache_read_input_tokens: 100, cache_creation_input_tokens: 20, output_tokens: 2 } } });
const STOP = event('message_stop');
const delta = (stop_reason: string, output_tokens = 9): StreamEvent => event('message_delta', { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens } });
const toolStart = event('content_block_start', { index: 0, content_block: { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} } });
const piece = (partial_json: string): StreamEvent => event('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json } });
const blockStop = event('content_block_stop', { index: 0 });
const message = (more: object): object => ({ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5-20250929', content: [], stop_reason: 'end_turn', usage: { input_tokens: 3, output_tokens: 9 }, ...more });

function stream(events: readonly StreamEvent[], contentBytes = 0): AnswerFacts {
  const reader = anthropicMessages.readEvents({ operation: 'chat', stream: true, parameters: {}, offersTools: true }, { contentBytes });
  for (const one of events) reader.push(one);
  return reader.facts();
}

describe('anthropic.messages requests', () => {
  const BODY = { model: 'claude-sonnet-4-5', max_tokens: 64, temperature: 0.2, top_p: 0.9, top_k: 40, stop_sequences: ['a', 'b'], stream: true, output_config: { effort: 'medium' }, tools: [{ name: 'f', input_schema: {} }], messages: [] };

  it('are read by their conventional names', () => {
    const facts = {
      operation: 'chat',
      model: 'claude-sonnet-4-5',
      stream: true,
      offersTools: true,
      parameters: {
        'gen_ai.request.max_tokens': 64,
        'gen_ai.request.temperature': 0.2,
        'gen_ai.request.top_p': 0.9,
        'gen_ai.request.top_k': 40,
        'gen_ai.request.stop_sequences': ['a', 'b'],
        'gen_ai.request.reasoning.level': 'medium',
      },
    };
    expect(anthropicMessages.readRequest(URL_MESSAGES, encodeUtf8(JSON.stringify(BODY)))).toEqual(facts);
    expect(anthropicMessages.readRequestParameters(BODY)).toEqual(facts);
  });

  it('of Vertex AI have model and streaming in their path', () => {
    const body = encodeUtf8('{"anthropic_version":"vertex-2023-10-16","messages":[]}');
    expect(anthropicMessages.readRequest(new URL(`${VERTEX}:streamRawPredict`), body)).toMatchObject({ model: 'claude-sonnet-4-5@20250929', stream: true });
    expect(anthropicMessages.readRequest(new URL(`${VERTEX}:rawPredict`), body)).toMatchObject({ model: 'claude-sonnet-4-5@20250929', stream: false });
  });
});

describe('anthropic.messages answers', () => {
  it('count the cached input into the input', () => {
    expect(answer(message({ usage: { input_tokens: 3, cache_read_input_tokens: 100, cache_creation_input_tokens: 20, output_tokens: 9 } })).usage).toEqual({ input: 123, output: 9, cacheRead: 100, cacheWrite: 20 });
    expect(answer(message({ usage: { input_tokens: 3, cache_read_input_tokens: 0, cache_creation_input_tokens: null, output_tokens: 9 } })).usage).toEqual({ input: 3, output: 9 });
  });

  it.each([
    ['end_turn', false, false],
    ['max_tokens', true, false],
    ['model_context_window_exceeded', true, false],
    ['refusal', false, true],
    ['pause_turn', false, false],
  ])('that stopped by %s say so', (stop_reason, tokenLimited, filtered) => {
    expect(answer(message({ stop_reason }))).toMatchObject({ finishReasons: [stop_reason], tokenLimited, filtered, terminal: true, recognised: true, choices: 1 });
  });

  it('hold whole tool calls, but for the last one that the token budget cut', () => {
    const content = [{ type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } }, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }, { type: 'tool_use', id: 'b', name: 'g', input: {} }];
    expect(answer(message({ content, stop_reason: 'tool_use' })).toolCalls).toEqual([{ id: 'a', name: 'f', arguments: 'valid' }, { id: 'b', name: 'g', arguments: 'valid' }]);
    expect(answer(message({ content, stop_reason: 'max_tokens' })).toolCalls).toEqual([{ id: 'a', name: 'f', arguments: 'valid' }, { id: 'b', name: 'g', arguments: 'incomplete' }]);
  });

  it('read errors, also a gateway\'s in another shape', () => {
    expect(answer({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_1' })).toMatchObject({ error: { type: 'overloaded_error', message: 'Overloaded' }, choices: 0, terminal: true });
    expect(answer({ error: { message: 'm', code: 'rate_limited' } }).error).toEqual({ code: 'rate_limited', message: 'm' });
  });

  it.each([null, 'x', {}, { choices: [] }, { type: 'message_batch' }])('do not recognise %j', (body) => {
    expect(answer(body)).toMatchObject({ recognised: false, choices: 0 });
  });
});

describe('anthropic.messages streams', () => {
  it('end only with message_stop: a stop reason alone does not say that nothing more was to come', () => {
    expect(stream([START])).toMatchObject({ terminal: false, finishReasons: [], choices: 1, usage: { input: 123, cacheRead: 100, cacheWrite: 20 } });
    expect(stream([START, delta('end_turn')])).toMatchObject({ terminal: false, finishReasons: ['end_turn'], usage: { output: 9 } });
    expect(stream([START, delta('end_turn'), STOP]).terminal).toBe(true);
  });

  it('do not take the placeholder in message_start for output', () => {
    expect(stream([START]).usage).not.toHaveProperty('output');
  });

  it.each([
    ['that are split otherwise', { input_tokens: 15, cache_read_input_tokens: 90 }, { input: 125, cacheRead: 90, cacheWrite: 20, output: 9 }],
    ['that leave a member out', { input_tokens: 7 }, { input: 127, cacheRead: 100, cacheWrite: 20, output: 9 }],
    ['but for an input of nothing', { input_tokens: 0, cache_read_input_tokens: 0 }, { input: 123, cacheRead: 100, cacheWrite: 20, output: 9 }],
  ])('replace earlier counts by later, cumulative ones %s', (_name, usage, expected) => {
    expect(stream([START, event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { ...usage, output_tokens: 9 } })]).usage).toEqual(expected);
  });

  it('cut during a tool call leave it incomplete', () => {
    const state = (events: readonly StreamEvent[]): unknown => stream([START, toolStart, ...events]).toolCalls[0]?.arguments;
    expect(state([])).toBe('incomplete');
    expect(state([piece('')])).toBe('incomplete');
    expect(state([piece('{"city":"Par')])).toBe('incomplete');
    expect(state([piece('{"city":"Paris"}')])).toBe('valid');
    expect(state([blockStop])).toBe('valid');
    expect(state([piece('{"city":'), blockStop, delta('tool_use'), STOP])).toBe('incomplete');
    expect(state([piece('{"city":Paris}'), blockStop])).toBe('invalid');
  });

  it('take an error event for their end', () => {
    expect(stream([START, event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } })])).toMatchObject({ error: { type: 'overloaded_error' }, terminal: true });
    expect(stream([START, { name: 'error', data: 'died' }]).error).toEqual({ message: 'died' });
  });

  it('are read by the type in their data where events have no name', () => {
    expect(stream([START, toolStart, piece('{}'), blockStop, delta('tool_use'), STOP].map(({ data }) => ({ data })))).toMatchObject({ terminal: true, toolCalls: [{ arguments: 'valid' }] });
  });

  it('say which events are none of theirs', () => {
    const reader = anthropicMessages.readEvents({ operation: 'chat', stream: true, parameters: {} }, { contentBytes: 0 });
    reader.push(START);
    const text = '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}';
    expect([text, text.slice(0, -3), 'x', '[]'].map((data) => reader.push({ name: 'content_block_delta', data }))).toEqual([true, false, false, false]);
  });

  it('give the conventions\' message', () => {
    const text = (value: string): StreamEvent => event('content_block_delta', { index: 1, delta: { type: 'text_delta', text: value } });
    const events = [
      START,
      event('content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } }),
      event('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } }),
      event('content_block_start', { index: 1, content_block: { type: 'text', text: '' } }),
      text('Par'),
      text('is'),
      event('content_block_start', { index: 2, content_block: { type: 'tool_use', id: 'a', name: 'f', input: {} } }),
      event('content_block_delta', { index: 2, delta: { type: 'input_json_delta', partial_json: '{"x":1}' } }),
      delta('tool_use'),
    ];
    expect(stream(events, 1_000).messages).toEqual([
      { role: 'assistant', parts: [{ type: 'reasoning', content: 'hm' }, { type: 'text', content: 'Paris' }, { type: 'tool_call', id: 'a', name: 'f', arguments: { x: 1 } }], finish_reason: 'tool_use' },
    ]);
  });
});

describe('anthropic.messages content', () => {
  it('of a request is its messages, system prompt and tools', () => {
    expect(
      anthropicMessages.readContent({
        system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: '42' }, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } }] },
        ],
        tools: [{ name: 'f', description: 'd', input_schema: { type: 'object' } }],
      }),
    ).toEqual({
      systemInstructions: [{ type: 'text', content: 'Be brief.' }],
      inputMessages: [
        { role: 'user', parts: [{ type: 'text', content: 'hi' }] },
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'a', name: 'f', arguments: { x: 1 } }] },
        { role: 'user', parts: [{ type: 'tool_call_response', id: 'a', response: '42' }, { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'iVBO' }] },
      ],
      toolDefinitions: [{ type: 'function', name: 'f', description: 'd', parameters: { type: 'object' } }],
    });
  });
});
