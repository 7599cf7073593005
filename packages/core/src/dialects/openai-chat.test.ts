import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../platform/bytes.ts';
import type { AnswerFacts, StreamEvent } from './dialect.ts';
import { fixtureText } from './fixtures/fixture.ts';
import { openaiChat } from './openai-chat.ts';

const URL_CHAT = new URL('https://api.openai.com/v1/chat/completions');
const none = { contentBytes: 0 };
const ask = (body: unknown, url = URL_CHAT): ReturnType<typeof openaiChat.readRequest> => openaiChat.readRequest(url, encodeUtf8(JSON.stringify(body)));
const answer = (body: unknown): AnswerFacts => openaiChat.readAnswer(body, none);
const choice = (delta: object, finish_reason: string | null = null, index = 0): StreamEvent => ({ data: JSON.stringify({ id: 'c', model: 'm', choices: [{ index, delta, finish_reason }] }) });
const call = (index: number | undefined, id: string | undefined, name: string | undefined, args: string): object => ({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: args } }] });

function stream(events: readonly StreamEvent[], choices = 1, contentBytes = 0): AnswerFacts {
  const reader = openaiChat.readEvents({ operation: 'chat', stream: true, parameters: {}, offersTools: true, ...(choices !== 1 && { choices }) }, { contentBytes });
  for (const event of events) reader.push(event);
  const facts = reader.facts();
  expect(reader.terminal).toBe(facts.terminal);
  return facts;
}

describe('openai.chat requests', () => {
  const FULL = {
    model: 'gpt-4o',
    messages: [{ role: 'user', content: 'hi' }],
    max_tokens: 5,
    max_completion_tokens: 6,
    temperature: 0.5,
    top_p: 1,
    frequency_penalty: -0.5,
    presence_penalty: 0,
    stop: 'END',
    seed: 7,
    n: 2,
    stream: true,
    service_tier: 'flex',
    reasoning_effort: 'low',
    response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { description: 'y'.repeat(4_000) } } },
    tools: [{ type: 'function', function: { name: 'f' } }],
  };
  const FACTS = {
    operation: 'chat',
    model: 'gpt-4o',
    stream: true,
    choices: 2,
    offersTools: true,
    promised: 'json',
    parameters: {
      'gen_ai.request.max_tokens': 6,
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.top_p': 1,
      'gen_ai.request.frequency_penalty': -0.5,
      'gen_ai.request.presence_penalty': 0,
      'gen_ai.request.stop_sequences': ['END'],
      'gen_ai.request.seed': 7,
      'gen_ai.request.choice.count': 2,
      'gen_ai.request.reasoning.level': 'low',
      'gen_ai.output.type': 'json',
      'openai.api.type': 'chat_completions',
      'openai.request.service_tier': 'flex',
    },
  };

  it('are read by their conventional names, from the bytes as from the parameters', () => {
    expect(ask(FULL)).toEqual(FACTS);
    expect(openaiChat.readRequestParameters(FULL)).toEqual(FACTS);
  });

  it('say nothing that the caller did not say', () => {
    expect(ask({ model: 'm', messages: [], n: 1, service_tier: 'auto', tools: [] })).toEqual({
      operation: 'chat',
      model: 'm',
      stream: false,
      offersTools: false,
      parameters: { 'openai.api.type': 'chat_completions' },
    });
  });

  it('lose values of a wrong type, and only those', () => {
    const wrong = { model: 7, max_tokens: '5', temperature: null, top_p: {}, seed: 1.5, stop: [1, 'a'], n: -1, stream: 'yes', tools: {}, response_format: 'json', service_tier: 1 };
    expect(ask(wrong)).toEqual({ operation: 'chat', stream: false, offersTools: false, parameters: { 'gen_ai.request.stop_sequences': ['a'], 'openai.api.type': 'chat_completions' } });
  });

  it('do not say whether tools are offered when the body was not seen to its end', () => {
    expect(openaiChat.readRequest(URL_CHAT, undefined)).toEqual({ operation: 'chat', stream: false, parameters: { 'openai.api.type': 'chat_completions' } });
    expect(openaiChat.readRequest(URL_CHAT, encodeUtf8('{"model":"m","messages":[{"rol'))).toMatchObject({ model: 'm' });
    expect(openaiChat.readRequest(URL_CHAT, encodeUtf8('{"model":"m","mess')).offersTools).toBeUndefined();
  });

  it('take the model from an Azure deployment when the body has none', () => {
    const url = new URL('https://x.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21');
    expect(ask({ messages: [] }, url).model).toBe('my gpt');
    expect(ask({ model: 'gpt-4o', messages: [] }, url).model).toBe('gpt-4o');
  });

  it('of the legacy completions are text completions', () => {
    expect(ask({ model: 'm', prompt: 'x' }, new URL('http://localhost:8000/v1/completions')).operation).toBe('text_completion');
    expect(openaiChat.readRequestParameters({ model: 'm', prompt: 'x' }).operation).toBe('text_completion');
  });

  it('need every event where the middle matters', () => {
    expect(openaiChat.needsEveryEvent(ask({ model: 'm', messages: [] }))).toBe(false);
    expect(openaiChat.needsEveryEvent(ask(FULL))).toBe(true);
    expect(openaiChat.needsEveryEvent(ask({ model: 'm', n: 3 }))).toBe(true);
    expect(openaiChat.needsEveryEvent(openaiChat.readRequest(URL_CHAT, undefined))).toBe(true);
  });
});

describe('openai.chat answers', () => {
  it('are read whole', () => {
    expect(answer(JSON.parse(fixtureText('openai-chat.json')))).toEqual({
      id: 'chatcmpl-BvT5aN2mQ8xK4rZ1wE7yHpLcD3sUj',
      model: 'gpt-4o-2024-08-06',
      usage: { input: 1_117, output: 46, cacheRead: 1_024, reasoning: 32 },
      finishReasons: ['tool_calls', 'length'],
      choices: 2,
      terminal: true,
      tokenLimited: true,
      filtered: false,
      recognised: true,
      toolCalls: [{ id: 'call_1', name: 'get_weather', arguments: 'valid' }],
      attributes: { 'openai.response.service_tier': 'default', 'openai.response.system_fingerprint': 'fp_cbf1785567' },
    });
  });

  it.each([
    ['{"city":"Paris"}', 'valid'],
    ['', 'valid'],
    ['{"city":"Par', 'incomplete'],
    ['{"city":Paris}', 'invalid'],
  ])('judge the arguments %j %s', (args, expected) => {
    const facts = answer({ id: 'c', choices: [{ index: 0, message: { tool_calls: [{ id: 'a', function: { name: 'f', arguments: args } }] }, finish_reason: 'tool_calls' }] });
    expect(facts.toolCalls).toEqual([{ id: 'a', name: 'f', arguments: expected }]);
  });

  it('take free text as the input of a custom tool, and an object in place of text', () => {
    const tool_calls = [{ id: 'a', type: 'custom', custom: { name: 'sql', input: 'SELECT {' } }, { id: 'b', function: { name: 'f', arguments: { x: 1 } } }];
    expect(answer({ choices: [{ message: { tool_calls }, finish_reason: 'tool_calls' }] }).toolCalls.map((one) => one.arguments)).toEqual(['valid', 'valid']);
  });

  it('say when the filter ended them', () => {
    expect(answer({ choices: [{ index: 0, message: { content: '' }, finish_reason: 'content_filter' }] })).toMatchObject({ filtered: true, tokenLimited: false });
  });

  it.each([
    [{ error: { message: 'm', type: 'insufficient_quota', code: 'insufficient_quota', param: null } }, { code: 'insufficient_quota', type: 'insufficient_quota', message: 'm' }],
    [{ error: { message: 'm', type: 'server_error', code: null } }, { type: 'server_error', message: 'm' }],
    [{ error: 'model_not_found' }, { code: 'model_not_found', message: 'model_not_found' }],
    [{ error: 'No such model here.' }, { message: 'No such model here.' }],
    [{ error: { message: 'Provider returned error', code: 502, metadata: {} } }, { code: '502', status: 502, message: 'Provider returned error' }],
    [{ object: 'error', message: 'too long', type: 'BadRequestError', param: null, code: 400 }, { code: '400', status: 400, type: 'BadRequestError', message: 'too long' }],
    [{ message: 'Unauthorized', code: 'unauthorized' }, { code: 'unauthorized', message: 'Unauthorized' }],
    [{ message: 'no' }, { message: 'no' }],
    [{ detail: 'Not Found' }, { message: 'Not Found' }],
    [{ detail: [{ loc: ['body'], msg: 'field required', type: 'missing' }] }, { message: 'field required', type: 'validation_error' }],
    [[{ error: { code: 429, message: 'm', status: 'RESOURCE_EXHAUSTED' } }], { code: 'RESOURCE_EXHAUSTED', status: 429, message: 'm' }],
  ])('read the error of %j', (body, error) => {
    expect(answer(body)).toMatchObject({ error, terminal: true, recognised: true, choices: 0 });
  });

  it.each([null, 7, 'x', [], {}, { status: 'ok' }, { id: 'x', object: 'list', data: [] }])('do not recognise %j', (body) => {
    const facts = answer(body);
    expect(facts.recognised).toBe(false);
    expect(facts.error).toBeUndefined();
  });
});

describe('openai.chat usage', () => {
  const usage = (value: unknown): unknown => answer({ choices: [], usage: value }).usage;

  it('takes tokens past 2^31, and drops what is no count', () => {
    expect(usage({ prompt_tokens: 5_000_000_000, completion_tokens: 1 })).toEqual({ input: 5_000_000_000, output: 1 });
    expect(usage({ prompt_tokens: -1, completion_tokens: '12' })).toBeUndefined();
    expect(usage({ prompt_tokens: 1.5, completion_tokens: 3, prompt_tokens_details: 'x' })).toEqual({ output: 3 });
    expect(usage(null)).toBeUndefined();
  });

  it('reads modalities where they are told and not zero', () => {
    expect(usage({ prompt_tokens: 30, completion_tokens: 9, prompt_tokens_details: { audio_tokens: 20, text_tokens: 10, image_tokens: 0 }, completion_tokens_details: { audio_tokens: 9 } })).toEqual({
      input: 30,
      output: 9,
      inputByModality: { text: 10, audio: 20 },
      outputByModality: { audio: 9 },
    });
  });

  it('adds reasoning that a provider counts beside the completion, as its total shows', () => {
    expect(usage({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 115, completion_tokens_details: { reasoning_tokens: 100 } })).toEqual({ input: 10, output: 105, reasoning: 100 });
    expect(usage({ prompt_tokens: 10, completion_tokens: 105, total_tokens: 115, completion_tokens_details: { reasoning_tokens: 100 } })).toEqual({ input: 10, output: 105, reasoning: 100 });
  });

  it('reads the cache of DeepSeek and of OpenRouter', () => {
    expect(usage({ prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 4 })).toMatchObject({ cacheRead: 4 });
    expect(usage({ prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 3 } })).toMatchObject({ cacheRead: 4, cacheWrite: 3 });
  });
});

describe('openai.chat streams', () => {
  const FIRST = choice({ role: 'assistant', content: '' });

  it('end with [DONE], or with a finish reason for every choice', () => {
    expect(stream([FIRST]).terminal).toBe(false);
    expect(stream([FIRST, { data: '[DONE]' }])).toMatchObject({ terminal: true, finishReasons: [] });
    expect(stream([FIRST, choice({}, 'stop')])).toMatchObject({ terminal: true, finishReasons: ['stop'] });
    expect(stream([]).terminal).toBe(false);
  });

  it('of several choices end when each has ended', () => {
    const two = [choice({ content: '' }, null, 0), choice({ content: '' }, null, 1)];
    expect(stream([...two, choice({}, 'stop', 1)], 2)).toMatchObject({ terminal: false, choices: 2, finishReasons: ['stop'] });
    expect(stream([choice({ content: 'a' }), choice({}, 'model_length')])).toMatchObject({ finishReasons: ['model_length'], tokenLimited: true });
    expect(stream([...two, choice({}, 'length', 1), choice({}, 'stop', 0)], 2)).toMatchObject({ terminal: true, finishReasons: ['stop', 'length'], tokenLimited: true });
    expect(stream([choice({}, 'stop', 0)], 2).terminal).toBe(false);
  });

  it('keep their tool calls apart, by index and by id', () => {
    expect(stream([choice(call(0, 'a', 'f', '')), choice(call(1, 'b', 'g', '{"y":')), choice(call(0, undefined, undefined, '{"x":1}')), choice(call(1, undefined, undefined, '2}')), choice({}, 'tool_calls')]).toolCalls).toEqual([
      { id: 'a', name: 'f', arguments: 'valid' },
      { id: 'b', name: 'g', arguments: 'valid' },
    ]);
    expect(stream([choice(call(0, 'a', 'f', '{}')), choice(call(0, 'b', 'g', '{"x":')), choice({}, 'tool_calls')]).toolCalls).toEqual([
      { id: 'a', name: 'f', arguments: 'valid' },
      { id: 'b', name: 'g', arguments: 'incomplete' },
    ]);
  });

  it('take pieces with ids of their own for one call, as long as only the first has a name', () => {
    expect(stream([choice(call(0, 'a', 'f', '{"x"')), choice(call(0, 'b', undefined, ':')), choice(call(0, 'c', undefined, '1}')), choice({}, 'tool_calls')]).toolCalls).toEqual([{ id: 'a', name: 'f', arguments: 'valid' }]);
  });

  it('are not at their end where more text comes behind a finish reason', () => {
    const more = choice({ content: 'more' });
    expect(stream([FIRST, choice({}, 'stop'), more])).toMatchObject({ terminal: false, finishReasons: ['stop'] });
    expect(stream([FIRST, choice({ content: 'a' }), choice({ content: 'b' }), choice({}, 'stop'), choice({ content: 'c' })])).toMatchObject({ terminal: false });
    expect(stream([FIRST, choice({}, 'stop'), more, choice({}, 'stop')]).terminal).toBe(true);
    expect(stream([FIRST, choice({}, 'stop'), more, { data: '[DONE]' }]).terminal).toBe(true);
    expect(stream([FIRST, choice({}, 'stop'), choice({ content: '' })]).terminal).toBe(true);
  });

  it('of nothing but a filter’s preamble are none', () => {
    const preamble = { data: JSON.stringify({ id: '', model: '', choices: [], prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] }) };
    expect(stream([preamble, { data: '[DONE]' }])).toMatchObject({ recognised: false, choices: 0 });
    expect(stream([preamble, FIRST, choice({}, 'stop'), { data: '[DONE]' }])).toMatchObject({ recognised: true, terminal: true });
  });

  it('read the usage that Moonshot has inside the last choice', () => {
    const last = { data: JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage: { prompt_tokens: 3, completion_tokens: 4, cached_tokens: 2 } }] }) };
    expect(stream([FIRST, last]).usage).toMatchObject({ input: 3, output: 4, cacheRead: 2 });
  });

  it('cut before the arguments of a call leave it incomplete; an ended call without arguments is valid', () => {
    expect(stream([choice(call(0, 'a', 'f', ''))]).toolCalls[0]?.arguments).toBe('incomplete');
    expect(stream([choice(call(0, 'a', 'f', '')), choice({}, 'tool_calls')]).toolCalls[0]?.arguments).toBe('valid');
  });

  it('read the legacy function call', () => {
    expect(stream([choice({ function_call: { name: 'f', arguments: '{"a"' } }), choice({ function_call: { arguments: ':1}' } }), choice({}, 'function_call')]).toolCalls).toEqual([{ name: 'f', arguments: 'valid' }]);
  });

  it('take an error event for their end', () => {
    const error = { code: 'rate_limit_exceeded', message: 'slow down' };
    expect(stream([FIRST, { data: JSON.stringify({ error }) }])).toMatchObject({ error, terminal: true, choices: 1 });
    expect(stream([FIRST, { name: 'error', data: 'upstream died' }])).toMatchObject({ error: { message: 'upstream died' } });
    expect(stream([FIRST, { data: JSON.stringify({ id: 'c', model: 'm', error: { code: 502, message: 'x' }, choices: [{ index: 0, delta: {}, finish_reason: 'error' }] }) }])).toMatchObject({
      error: { code: '502' },
      finishReasons: ['error'],
    });
  });

  it('say which events are none of theirs', () => {
    const reader = openaiChat.readEvents({ operation: 'chat', stream: true, parameters: {} }, none);
    expect(['{"id":', 'x', '7', 'null', '"[DONE]"', '{"id":"c","model":"m","choices":[{"index":0,"delta":{}}]}', '{"delta', 'delta"}'].map((data) => reader.push({ data }))).toEqual([false, false, false, false, false, true, false, false]);
  });

  it('read Groq\'s usage, and text that only looks like more', () => {
    const odd = choice({ content: '"finish_reason":"stop" "tool_calls" "error" "usage":{}' });
    const groq = { data: JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], x_groq: { usage: { prompt_tokens: 1, completion_tokens: 2 } } }) };
    expect(stream([FIRST, odd])).toMatchObject({ terminal: false, finishReasons: [], toolCalls: [] });
    expect(stream([FIRST, odd, groq])).toMatchObject({ terminal: true, usage: { input: 1, output: 2 } });
  });

  it('give their facts from parsed events as from text', () => {
    const reader = openaiChat.readEvents({ operation: 'chat', stream: true, parameters: {} }, none);
    const events = [FIRST, choice(call(0, 'a', 'f', '{}')), choice({}, 'tool_calls')];
    for (const { data } of events) reader.pushParsed(JSON.parse(data));
    expect(reader.facts()).toEqual(stream(events));
  });

  it('pollute no prototype', () => {
    stream([{ data: '{"id":"c","model":"m","choices":[{"index":0,"delta":{"__proto__":{"x":1},"tool_calls":[{"index":0,"id":"a","function":{"name":"__proto__","arguments":"{\\"__proto__\\":{\\"x\\":1}}"}}]}}]}' }], 1, 1_000);
    expect('x' in {}).toBe(false);
  });
});

describe('openai.chat content', () => {
  it('of an answer is a message of parts, with its finish reason', () => {
    const events = [choice({ role: 'assistant', reasoning_content: 'hm' }), choice({ content: 'Par' }), choice({ content: 'is 🗼' }), choice(call(0, 'a', 'f', '{"x":')), choice(call(0, undefined, undefined, '1}')), choice({}, 'tool_calls')];
    expect(stream(events, 1, 1_000).messages).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'hm' },
          { type: 'text', content: 'Paris 🗼' },
          { type: 'tool_call', id: 'a', name: 'f', arguments: { x: 1 } },
        ],
        finish_reason: 'tool_calls',
      },
    ]);
    expect(stream(events.slice(0, 4), 1, 1_000).messages).toMatchObject([{ finish_reason: 'error', parts: [{}, {}, { type: 'tool_call', arguments: '{"x":' }] }]);
  });

  it('of an answer is cut at its bound, between characters', () => {
    expect(stream([choice({ content: 'ab🗼🗼' })], 1, 7).messages).toMatchObject([{ parts: [{ type: 'text', content: 'ab🗼' }] }]);
    expect(stream([choice({ content: 'ab' })], 1, 0).messages).toBeUndefined();
  });

  it('of a request is its messages and tools', () => {
    const content = openaiChat.readContent({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', name: 'ann', content: [{ type: 'text', text: 'What is this?' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0' } }, { type: 'image_url', image_url: { url: 'https://x/y.png' } }] },
        { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }] },
        { role: 'tool', tool_call_id: 'a', content: '42' },
        7,
      ],
      tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' } } }],
    });
    expect(content).toEqual({
      inputMessages: [
        { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
        {
          role: 'user',
          name: 'ann',
          parts: [
            { type: 'text', content: 'What is this?' },
            { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'iVBORw0' },
            { type: 'uri', modality: 'image', uri: 'https://x/y.png' },
          ],
        },
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'a', name: 'f', arguments: { x: 1 } }] },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: 'a', response: '42' }] },
      ],
      toolDefinitions: [{ type: 'function', name: 'f', description: 'd', parameters: { type: 'object' } }],
    });
    expect(openaiChat.readContent({ prompt: ['a', 1] })).toEqual({ inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'a' }] }] });
    expect(openaiChat.readContent(7)).toEqual({});
  });
});
