import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../platform/bytes.ts';
import type { AnswerFacts, StreamEvent } from './dialect.ts';
import { openaiResponses } from './openai-responses.ts';

const URL_RESPONSES = new URL('https://api.openai.com/v1/responses');
const answer = (body: unknown): AnswerFacts => openaiResponses.readAnswer(body, { contentBytes: 0 });
const event = (type: string, fields: object = {}): StreamEvent => ({ name: type, data: JSON.stringify({ type, ...fields }) });
const response = (status: string, more: object = {}): object => ({ id: 'resp_1', object: 'response', model: 'gpt-5-2025-08-07', status, output: [], error: null, incomplete_details: null, ...more });
const functionCall = (args: string, status = 'completed'): object => ({ id: 'fc_1', type: 'function_call', status, call_id: 'call_1', name: 'f', arguments: args });

function stream(events: readonly StreamEvent[], contentBytes = 0): AnswerFacts {
  const reader = openaiResponses.readEvents({ operation: 'chat', stream: true, parameters: {}, offersTools: true }, { contentBytes });
  for (const one of events) reader.push(one);
  return reader.facts();
}

describe('openai.responses requests', () => {
  it('are read by their conventional names', () => {
    const body = {
      model: 'gpt-5',
      input: 'hi',
      stream: true,
      max_output_tokens: 9,
      temperature: 1,
      top_p: 0.5,
      reasoning: { effort: 'high', summary: 'auto' },
      previous_response_id: 'resp_0',
      conversation: { id: 'conv_1' },
      prompt: { id: 'pmpt_1', version: '2', variables: { city: 'Paris' } },
      text: { format: { type: 'json_schema', name: 'x', schema: {} } },
      service_tier: 'priority',
      tools: [{ type: 'web_search' }],
    };
    const facts = {
      operation: 'chat',
      model: 'gpt-5',
      stream: true,
      offersTools: true,
      promised: 'json',
      parameters: {
        'gen_ai.request.max_tokens': 9,
        'gen_ai.request.temperature': 1,
        'gen_ai.request.top_p': 0.5,
        'gen_ai.request.reasoning.level': 'high',
        'gen_ai.request.previous_response.id': 'resp_0',
        'gen_ai.conversation.id': 'conv_1',
        'gen_ai.prompt.name': 'pmpt_1',
        'gen_ai.prompt.version': '2',
        'gen_ai.output.type': 'json',
        'openai.api.type': 'responses',
        'openai.request.service_tier': 'priority',
      },
    };
    expect(openaiResponses.readRequest(URL_RESPONSES, encodeUtf8(JSON.stringify(body)))).toEqual(facts);
    expect(openaiResponses.readRequestParameters(body)).toEqual(facts);
  });

  it('tell the kind of an output whose schema is large', () => {
    const body = { text: { format: { type: 'json_schema', schema: { description: 'x'.repeat(5_000) } } } };
    expect(openaiResponses.readRequest(URL_RESPONSES, encodeUtf8(JSON.stringify(body))).parameters).toMatchObject({ 'gen_ai.output.type': 'json' });
  });
});

describe('openai.responses answers', () => {
  it('have as finish reason what the conventions make of their status, and of why they are incomplete', () => {
    expect(answer(response('completed', { output: [functionCall('{}')] }))).toMatchObject({ finishReasons: ['tool_calls'] });
    expect(answer(response('cancelled'))).toMatchObject({ finishReasons: ['error'], cancelled: true });
    expect(answer(response('completed'))).toMatchObject({ finishReasons: ['stop'], terminal: true, recognised: true, choices: 1, tokenLimited: false });
    expect(answer(response('incomplete', { incomplete_details: { reason: 'max_output_tokens' } }))).toMatchObject({ finishReasons: ['length'], tokenLimited: true, filtered: false });
    expect(answer(response('incomplete', { incomplete_details: { reason: 'content_filter' } }))).toMatchObject({ finishReasons: ['content_filter'], filtered: true });
    expect(answer(response('queued'))).toMatchObject({ finishReasons: [], terminal: true });
  });

  it('that failed have an error, also without one of their own', () => {
    expect(answer(response('failed', { error: { code: 'server_error', message: 'm' } }))).toMatchObject({ error: { code: 'server_error', message: 'm' }, finishReasons: ['error'] });
    expect(answer(response('failed')).error).toEqual({ type: 'failed' });
    expect(answer({ error: { message: 'm', type: 'invalid_request_error', code: 'model_not_found' } })).toMatchObject({ error: { code: 'model_not_found' }, choices: 0 });
  });

  it('judge their tool calls', () => {
    const output = [functionCall('{"x":1}'), functionCall('{"x":', 'incomplete'), functionCall('', 'incomplete'), { type: 'custom_tool_call', call_id: 'c', name: 'sql', input: 'SELECT', status: 'completed' }, { type: 'web_search_call', id: 'ws' }];
    expect(answer(response('incomplete', { output, incomplete_details: { reason: 'max_output_tokens' } })).toolCalls.map((call) => call.arguments)).toEqual(['valid', 'incomplete', 'incomplete', 'valid']);
  });

  it.each([null, [], {}, { choices: [] }, { object: 'list', data: [] }])('do not recognise %j', (body) => {
    expect(answer(body).recognised).toBe(false);
  });
});

describe('openai.responses streams', () => {
  const CREATED = event('response.created', { response: response('in_progress') });

  it('end only with their terminal event', () => {
    expect(stream([CREATED])).toMatchObject({ id: 'resp_1', model: 'gpt-5-2025-08-07', terminal: false, finishReasons: [], choices: 1 });
    expect(stream([CREATED, event('response.output_item.done', { output_index: 0, item: { type: 'message', content: [] } })]).terminal).toBe(false);
    for (const [status, reason] of Object.entries({ completed: 'stop', incomplete: 'incomplete', failed: 'error' })) expect(stream([CREATED, event(`response.${status}`, { response: response(status) })])).toMatchObject({ terminal: true, finishReasons: [reason] });
  });

  it('that fail, or bring an error event, have an error', () => {
    expect(stream([CREATED, event('response.failed', { response: response('failed', { error: { code: 'rate_limit_exceeded', message: 'm' } }) })]).error).toEqual({ code: 'rate_limit_exceeded', message: 'm' });
    expect(stream([CREATED, event('error', { code: 'server_error', message: 'm', param: null })])).toMatchObject({ terminal: true, error: { code: 'server_error', message: 'm' } });
    expect(stream([CREATED, event('error', { error: { type: 'server_error', code: null, message: 'm' } })]).error).toEqual({ type: 'server_error', message: 'm' });
    expect(stream([CREATED, { data: '{"error":{"message":"m","type":"t"}}' }]).error).toEqual({ type: 't', message: 'm' });
    expect(stream([{ name: 'error', data: 'oops' }]).error).toEqual({ message: 'oops' });
  });

  it('are read by the type in their data where events have no name', () => {
    const events = [CREATED, event('response.completed', { response: response('completed') })].map(({ data }) => ({ data }));
    expect(stream(events)).toMatchObject({ terminal: true, id: 'resp_1' });
  });

  it('cut during a tool call leave it incomplete', () => {
    const added = event('response.output_item.added', { output_index: 0, item: functionCall('', 'in_progress') });
    const delta = (text: string): StreamEvent => event('response.function_call_arguments.delta', { output_index: 0, item_id: 'fc_1', delta: text });
    const done = event('response.function_call_arguments.done', { output_index: 0, item_id: 'fc_1', arguments: '{"x":1}' });
    const state = (events: readonly StreamEvent[]): unknown => stream([CREATED, ...events]).toolCalls;
    expect(state([added])).toEqual([{ id: 'call_1', name: 'f', arguments: 'incomplete' }]);
    expect(state([added, delta('{"x"')])).toEqual([{ id: 'call_1', name: 'f', arguments: 'incomplete' }]);
    expect(state([added, delta('{"x"'), delta(':1}')])).toEqual([{ id: 'call_1', name: 'f', arguments: 'valid' }]);
    expect(state([added, delta('{"x"'), done])).toEqual([{ id: 'call_1', name: 'f', arguments: 'valid' }]);
    expect(state([added, delta('{"x":oops')])).toEqual([{ id: 'call_1', name: 'f', arguments: 'invalid' }]);
  });

  it('take the output of their last event for what they said', () => {
    const events = [
      CREATED,
      event('response.output_item.added', { output_index: 0, item: functionCall('', 'in_progress') }),
      event('response.function_call_arguments.delta', { output_index: 0, delta: '{"x":' }),
      event('response.completed', { response: response('completed', { output: [functionCall('{"x":1}')], usage: { input_tokens: 3, output_tokens: 4, output_tokens_details: { reasoning_tokens: 2 } } }) }),
    ];
    expect(stream(events)).toMatchObject({ toolCalls: [{ arguments: 'valid' }], usage: { input: 3, output: 4, reasoning: 2 } });
  });

  it('say which events are none of theirs, and skip text by its name', () => {
    const reader = openaiResponses.readEvents({ operation: 'chat', stream: true, parameters: {} }, { contentBytes: 0 });
    const name = 'response.output_text.delta';
    expect([reader.push({ name, data: '{"type":"x"}' }), reader.push({ name, data: '{"type":"x' }), reader.push({ data: 'x' }), reader.push({ data: '[DONE]' })]).toEqual([true, false, false, true]);
  });

  it('give the conventions\' message, whole from the last event or gathered from the pieces', () => {
    const delta = (text: string): StreamEvent => event('response.output_text.delta', { output_index: 0, content_index: 0, delta: text });
    const item = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Paris' }] };
    const pieces = [CREATED, delta('Par'), delta('is')];
    expect(stream(pieces, 100).messages).toEqual([{ role: 'assistant', parts: [{ type: 'text', content: 'Paris' }], finish_reason: 'error' }]);
    const whole = [...pieces, event('response.output_item.done', { output_index: 0, item }), event('response.completed', { response: response('completed', { output: [item] }) })];
    expect(stream(whole, 100).messages).toEqual([{ role: 'assistant', parts: [{ type: 'text', content: 'Paris' }], finish_reason: 'stop' }]);
  });
});

describe('openai.responses content', () => {
  it('of a request is its input, instructions and tools', () => {
    expect(
      openaiResponses.readContent({
        instructions: 'Be brief.',
        input: [
          { role: 'user', content: [{ type: 'input_text', text: 'hi' }, { type: 'input_image', image_url: 'https://x/y.png' }] },
          functionCall('{"x":1}'),
          { type: 'function_call_output', call_id: 'call_1', output: '42' },
        ],
        tools: [{ type: 'function', name: 'f', parameters: { type: 'object' } }, { type: 'web_search' }],
      }),
    ).toEqual({
      systemInstructions: [{ type: 'text', content: 'Be brief.' }],
      inputMessages: [
        { role: 'user', parts: [{ type: 'text', content: 'hi' }, { type: 'uri', modality: 'image', uri: 'https://x/y.png' }] },
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'call_1', name: 'f', arguments: { x: 1 } }] },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_1', response: '42' }] },
      ],
      toolDefinitions: [{ type: 'function', name: 'f', parameters: { type: 'object' } }, { type: 'web_search', name: 'web_search' }],
    });
    expect(openaiResponses.readContent({ prompt: { id: 'p', variables: { city: 'Paris' } } })).toEqual({ promptVariables: { city: 'Paris' } });
    expect(openaiResponses.readContent({ input: 'hi' })).toEqual({ inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'hi' }] }] });
  });
});
