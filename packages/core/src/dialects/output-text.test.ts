import { describe, expect, it } from 'vitest';
import { readBody } from '../body/reader.ts';
import { encodeUtf8 } from '../platform/bytes.ts';
import type { Ending, HeadFacts } from '../verdict/evidence.ts';
import { judgeAttempt } from '../verdict/judge-attempt.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { aiGatewayLanguageModel } from './ai-gateway.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import { bedrockInvokeModel } from './bedrock-invoke-model.ts';
import { cohereChat } from './cohere-chat.ts';
import { cohereV1Chat } from './cohere-v1-chat.ts';
import type { Dialect, RequestFacts } from './dialect.ts';
import { geminiGenerateContent } from './gemini-generate-content.ts';
import { ollamaChat, ollamaGenerate } from './ollama.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import { OutputText, promiseOf } from './output-text.ts';

const COMPLETION: Ending = { by: 'completion' };

/** How a dialect asks for structured output and answers it. `finish`: well, or at the token limit. */
interface Case {
  readonly dialect: Dialect;
  readonly url: string;
  readonly streamUrl?: string;
  readonly asks: Readonly<Record<string, unknown>>;
  readonly document: (text: string, finish: 'whole' | 'cut') => unknown;
  /** Absent where streams are binary. */
  readonly stream?: (pieces: readonly string[], finish: 'whole' | 'cut') => string;
  readonly lines?: true;
}

const sse = (events: readonly unknown[], done = ''): string => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('') + done;
const named = (events: readonly Readonly<Record<string, unknown>>[]): string => events.map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`).join('');
const lines = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

const SCHEMA = { type: 'object', properties: { city: { type: 'string', description: 'x'.repeat(3_000) } } };

const chat = (asks: Readonly<Record<string, unknown>>): Case => ({
  dialect: openaiChat,
  url: 'https://api.openai.com/v1/chat/completions',
  asks: { model: 'gpt-5', messages: [], ...asks },
  document: (content, finish) => ({ id: 'c', model: 'gpt-5', choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: finish === 'whole' ? 'stop' : 'length' }] }),
  stream: (pieces, finish) => sse(
    [
      ...pieces.map((content) => ({ id: 'c', model: 'gpt-5', choices: [{ index: 0, delta: { content }, finish_reason: null }] })),
      { id: 'c', model: 'gpt-5', choices: [{ index: 0, delta: {}, finish_reason: finish === 'whole' ? 'stop' : 'length' }] },
    ],
    'data: [DONE]\n\n',
  ),
});

const responsesDocument = (text: string, finish: 'whole' | 'cut'): unknown => ({
  id: 'r', object: 'response', model: 'gpt-5', status: finish === 'whole' ? 'completed' : 'incomplete', ...(finish === 'cut' && { incomplete_details: { reason: 'max_output_tokens' } }),
  output: [{ type: 'reasoning', summary: [] }, { type: 'message', status: 'completed', content: [{ type: 'output_text', text }] }],
});
const responses: Case = {
  dialect: openaiResponses,
  url: 'https://api.openai.com/v1/responses',
  asks: { model: 'gpt-5', input: 'x', text: { format: { type: 'json_schema', name: 'x', schema: SCHEMA } } },
  document: responsesDocument,
  stream: (pieces, finish) => named([
    { type: 'response.created', response: { id: 'r', object: 'response', model: 'gpt-5', status: 'in_progress', output: [] } },
    ...pieces.map((delta) => ({ type: 'response.output_text.delta', output_index: 1, content_index: 0, delta })),
    { type: finish === 'whole' ? 'response.completed' : 'response.incomplete', response: { ...Object(responsesDocument(pieces.join(''), finish)), output: [] } },
  ]),
};

const anthropicDocument = (text: string, finish: 'whole' | 'cut'): unknown => ({ id: 'm', type: 'message', role: 'assistant', model: 'claude', content: [{ type: 'text', text }], stop_reason: finish === 'whole' ? 'end_turn' : 'max_tokens', usage: {} });
const anthropic = (asks: Readonly<Record<string, unknown>>): Case => ({
  dialect: anthropicMessages,
  url: 'https://api.anthropic.com/v1/messages',
  asks: { model: 'claude', max_tokens: 9, messages: [], ...asks },
  document: anthropicDocument,
  stream: (pieces, finish) => named([
    { type: 'message_start', message: { id: 'm', type: 'message', model: 'claude', content: [], usage: {} } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...pieces.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: finish === 'whole' ? 'end_turn' : 'max_tokens' }, usage: {} },
    { type: 'message_stop' },
  ]),
});

const gemini = (config: string): Case => ({
  dialect: geminiGenerateContent,
  url: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent',
  streamUrl: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
  asks: { contents: [], [config]: config === 'generationConfig' ? { responseMimeType: 'application/json', responseJsonSchema: SCHEMA } : { response_mime_type: 'application/json' } },
  document: (text, finish) => ({ responseId: 'g', modelVersion: 'gemini', candidates: [{ content: { parts: [{ text: 'I think', thought: true }, { text }] }, finishReason: finish === 'whole' ? 'STOP' : 'MAX_TOKENS' }] }),
  stream: (pieces, finish) => sse([
    ...pieces.map((text) => ({ responseId: 'g', modelVersion: 'gemini', candidates: [{ content: { parts: [{ text }] } }] })),
    { candidates: [{ content: { parts: [{ text: '' }] }, finishReason: finish === 'whole' ? 'STOP' : 'MAX_TOKENS' }] },
  ]),
});

const ollama = (dialect: Dialect, format: unknown): Case => {
  const said = (text: string): object => (dialect === ollamaChat ? { message: { role: 'assistant', content: text } } : { response: text });
  const end = (finish: 'whole' | 'cut'): object => ({ model: 'm', done: true, done_reason: finish === 'whole' ? 'stop' : 'length' });
  return {
    dialect,
    url: 'http://localhost:11434/api/chat',
    lines: true,
    asks: { model: 'm', format },
    document: (text, finish) => ({ ...said(text), ...end(finish) }),
    stream: (pieces, finish) => lines([...pieces.map((text) => ({ model: 'm', ...said(text), done: false })), { ...said(''), ...end(finish) }]),
  };
};

const cohere: Case = {
  dialect: cohereChat,
  url: 'https://api.cohere.com/v2/chat',
  asks: { model: 'command', messages: [], response_format: { type: 'json_object' } },
  document: (text, finish) => ({ id: 'x', message: { role: 'assistant', content: [{ type: 'text', text }] }, finish_reason: finish === 'whole' ? 'COMPLETE' : 'MAX_TOKENS' }),
  stream: (pieces, finish) => named([
    { type: 'message-start', id: 'x' },
    ...pieces.map((text) => ({ type: 'content-delta', index: 0, delta: { message: { content: { text } } } })),
    { type: 'message-end', delta: { finish_reason: finish === 'whole' ? 'COMPLETE' : 'MAX_TOKENS' } },
  ]),
};

const cohereV1: Case = {
  dialect: cohereV1Chat,
  url: 'https://api.cohere.com/v1/chat',
  lines: true,
  asks: { model: 'command', message: 'x', response_format: { type: 'json_object' } },
  document: (text, finish) => ({ generation_id: 'x', text, finish_reason: finish === 'whole' ? 'COMPLETE' : 'MAX_TOKENS' }),
  stream: (pieces, finish) => lines([
    { event_type: 'stream-start', generation_id: 'x' },
    ...pieces.map((text) => ({ event_type: 'text-generation', text })),
    { event_type: 'stream-end', finish_reason: finish === 'whole' ? 'COMPLETE' : 'MAX_TOKENS', response: { generation_id: 'x', text: pieces.join('') } },
  ]),
};

const converse: Case = {
  dialect: bedrockConverse,
  url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse',
  asks: { messages: [], outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: JSON.stringify(SCHEMA) } } } } },
  document: (text, finish) => ({ output: { message: { role: 'assistant', content: [{ text }] } }, stopReason: finish === 'whole' ? 'end_turn' : 'max_tokens', usage: {} }),
};

const invoke: Case = {
  dialect: bedrockInvokeModel,
  url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/invoke',
  asks: { anthropic_version: 'x', messages: [], output_config: { format: { type: 'json_schema', schema: SCHEMA } } },
  document: anthropicDocument,
};

const gateway: Case = {
  dialect: aiGatewayLanguageModel,
  url: 'https://ai-gateway.vercel.sh/v4/ai/language-model',
  asks: { prompt: [], responseFormat: { type: 'json', schema: SCHEMA } },
  document: (text, finish) => ({ content: [{ type: 'reasoning', text: 'Hm' }, { type: 'text', text }], finishReason: finish === 'whole' ? 'stop' : 'length' }),
  stream: (pieces, finish) => sse([{ type: 'text-start', id: '0' }, ...pieces.map((delta) => ({ type: 'text-delta', id: '0', delta })), { type: 'finish', finishReason: finish === 'whole' ? 'stop' : 'length' }], 'data: [DONE]\n\n'),
};

const CASES: readonly (readonly [string, Case])[] = [
  ['chat, json_object', chat({ response_format: { type: 'json_object' } })],
  ['chat, json_schema', chat({ response_format: { type: 'json_schema', json_schema: { name: 'x', schema: SCHEMA } } })],
  ['responses', responses],
  ['anthropic, output_config', anthropic({ output_config: { format: { type: 'json_schema', schema: SCHEMA } } })],
  ['anthropic, output_format', anthropic({ output_format: { type: 'json_schema', schema: SCHEMA } })],
  ['gemini', gemini('generationConfig')],
  ['gemini, snake case', gemini('generation_config')],
  ['ollama chat', ollama(ollamaChat, SCHEMA)],
  ['ollama generate', ollama(ollamaGenerate, 'json')],
  ['cohere', cohere],
  ['cohere, version 1', cohereV1],
  ['bedrock converse', converse],
  ['bedrock invoke', invoke],
  ['AI Gateway', gateway],
];
const STREAMED = CASES.filter(([, { stream }]) => stream !== undefined);

function requestOf({ dialect, url, streamUrl, asks }: Case, stream: boolean): RequestFacts {
  // The AI Gateway's request says in a header that it streams.
  return { ...dialect.readRequest(new URL(stream ? (streamUrl ?? url) : url), encodeUtf8(JSON.stringify({ ...asks, stream }))), stream };
}

function verdictOf(dialect: Dialect, request: RequestFacts, contentType: string, body: string): Verdict {
  const head: HeadFacts = { status: 200, contentType, providerSigned: true };
  const reader = readBody(head, dialect, request, { contentBytes: 0 });
  const bytes = encodeUtf8(body);
  for (let at = 0; at < bytes.length; at += 1_000) reader.push(bytes.subarray(at, at + 1_000));
  return judgeAttempt({ request, head, body: reader.finish({ cleanly: true }), ending: COMPLETION });
}

function judgeDocument(one: Case, text: string, finish: 'whole' | 'cut' = 'whole'): Verdict {
  return verdictOf(one.dialect, requestOf(one, false), 'application/json', JSON.stringify(one.document(text, finish)));
}

function judgeStream(one: Case, pieces: readonly string[], finish: 'whole' | 'cut' = 'whole'): Verdict {
  return verdictOf(one.dialect, requestOf(one, true), one.lines === true ? 'application/x-ndjson' : 'text/event-stream', one.stream?.(pieces, finish) ?? '');
}

function inPieces(text: string): readonly string[] {
  return Array.from({ length: Math.ceil(text.length / 3) }, (_, at) => text.slice(at * 3, at * 3 + 3));
}

const INVALID = { outcome: 'failure', error: { class: 'invalid_output', origin: 'provider', type: 'invalid_output', retryable: true }, invalidToolCalls: 0 };
const SUCCESS = { outcome: 'success', invalidToolCalls: 0 };
const BROKEN = ['Here you are: {"city":"Paris"}', '```json\n{"city":"Paris"}\n```', '{"city":"Par', '{"city":"Paris"} Anything else?', '', '  \n', "{'city':'Paris'}"];
/** So long that a stream's middle is not kept. */
const LONG = JSON.stringify({ list: Array.from({ length: 4_000 }, (_, at) => at) });

describe.each(CASES)('structured output: %s', (_name, one) => {
  it('is promised by the request', () => {
    expect(requestOf(one, false).promised).toMatch(/^json/);
    expect(requestOf(one, false).parameters['gen_ai.output.type'] ?? 'json').toBe('json');
  });

  it.each(BROKEN)('is invalid in a document: %j', (text) => {
    expect(judgeDocument(one, text)).toEqual(INVALID);
  });

  it('is valid with white space around it', () => {
    expect(judgeDocument(one, ' \n{"city":"Paris"}\n ')).toEqual(SUCCESS);
  });

  it('is not judged at the token limit, nor without a promise', () => {
    expect(judgeDocument(one, '{"city":"Par', 'cut')).toMatchObject({ outcome: 'success', truncation: ['token_limit'] });
    const { promised: _, ...unpromised } = requestOf(one, false);
    expect(verdictOf(one.dialect, unpromised, 'application/json', JSON.stringify(one.document('Hello', 'whole')))).toEqual(SUCCESS);
  });
});

describe.each(STREAMED)('structured output in a stream: %s', (_name, one) => {
  it.each(BROKEN)('is invalid: %j', (text) => {
    expect(judgeStream(one, inPieces(text))).toEqual(INVALID);
  });

  it('is read to its end, however long', () => {
    expect(judgeStream(one, inPieces(LONG))).toEqual(SUCCESS);
    const middle = Math.floor(LONG.length / 2);
    expect(judgeStream(one, inPieces(`${LONG.slice(0, middle)},,${LONG.slice(middle)}`))).toEqual(INVALID);
  });

  it('is not judged at the token limit', () => {
    expect(judgeStream(one, inPieces('{"city":"Par'), 'cut')).toMatchObject({ outcome: 'success', truncation: ['token_limit'] });
  });
});

describe('structured output', () => {
  const object = chat({ response_format: { type: 'json_object' } });
  const judgeChat = (choices: readonly unknown[]): Verdict => verdictOf(openaiChat, requestOf(object, false), 'application/json', JSON.stringify({ id: 'c', model: 'm', choices }));

  it('of mode json_object is an object, and of a schema any JSON', () => {
    expect(judgeDocument(object, '[1]')).toEqual(INVALID);
    expect(judgeDocument(chat({ response_format: { type: 'json_schema' } }), '[1]')).toEqual(SUCCESS);
  });

  it('is not judged where the model refuses or calls a tool', () => {
    expect(judgeChat([{ index: 0, message: { content: null, refusal: 'No.' }, finish_reason: 'stop' }])).toEqual(SUCCESS);
    expect(judgeChat([{ index: 0, message: { content: '', tool_calls: [{ id: 't', function: { name: 'f', arguments: '{}' } }] }, finish_reason: 'tool_calls' }])).toEqual(SUCCESS);
    expect(judgeChat([{ index: 0, message: { content: 'I c' }, finish_reason: 'content_filter' }])).toEqual(SUCCESS);
  });

  it('is judged choice by choice', () => {
    const whole = { index: 0, message: { content: '{}' }, finish_reason: 'stop' };
    expect(judgeChat([whole, { index: 1, message: { content: 'Hello' }, finish_reason: 'stop' }])).toEqual(INVALID);
    expect(judgeChat([whole, { index: 1, message: { content: '{"a' }, finish_reason: 'length' }])).toMatchObject({ outcome: 'success', truncation: ['token_limit'] });
    expect(judgeChat([{ ...whole, message: { content: 'Hello' } }, { index: 1, message: { content: '{"a' }, finish_reason: 'length' }])).toEqual(INVALID);
  });

  it('is read from typed pieces, and not from reasoning', () => {
    expect(judgeChat([{ index: 0, message: { content: [{ type: 'thinking', thinking: [] }, { type: 'text', text: '{}' }] }, finish_reason: 'stop' }])).toEqual(SUCCESS);
    expect(judgeChat([{ index: 0, message: { content: '{}', reasoning_content: 'Hm' }, finish_reason: 'stop' }])).toEqual(SUCCESS);
    expect(judgeChat([{ index: 0, message: { content: null, reasoning_content: '{}' }, finish_reason: 'stop' }])).toEqual(INVALID);
  });

  it('may stand beside other texts, and comes after the model’s last action', () => {
    const judgeOutput = (output: readonly unknown[]): Verdict =>
      verdictOf(openaiResponses, requestOf(responses, false), 'application/json', JSON.stringify({ id: 'r', object: 'response', model: 'm', status: 'completed', output }));
    const message = (text: string): unknown => ({ type: 'message', content: [{ type: 'output_text', text }] });
    expect(judgeOutput([message('I will look it up.'), { type: 'web_search_call' }, message('{}')])).toEqual(SUCCESS);
    expect(judgeOutput([{ type: 'web_search_call' }, message('Paris')])).toEqual(INVALID);
    expect(judgeOutput([message('I will click.'), { type: 'computer_call', call_id: 'c' }])).toEqual(SUCCESS);
    expect(judgeOutput([{ type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }])).toEqual(SUCCESS);
  });

  it('of an Anthropic message may stand in one of its blocks', () => {
    const one = anthropic({ output_config: { format: { type: 'json_schema' } } });
    const judgeContent = (content: readonly unknown[], stopReason = 'end_turn'): Verdict =>
      verdictOf(anthropicMessages, requestOf(one, false), 'application/json', JSON.stringify({ id: 'm', type: 'message', model: 'c', content, stop_reason: stopReason, usage: {} }));
    expect(judgeContent([{ type: 'thinking', thinking: 'Hm' }, { type: 'text', text: 'I look.' }, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }, { type: 'text', text: '{}' }])).toEqual(SUCCESS);
    expect(judgeContent([{ type: 'text', text: 'No.' }], 'refusal')).toEqual(SUCCESS);
    expect(judgeContent([{ type: 'text', text: 'I look.' }], 'pause_turn')).toEqual(SUCCESS);
  });

  it('of a converse stream is followed from its parsed events', () => {
    const judgeEvents = (text: string): boolean => {
      const reader = bedrockConverse.readEvents(requestOf(converse, true), { contentBytes: 0, promised: 'json' });
      for (const event of [{ messageStart: { role: 'assistant' } }, ...inPieces(text).map((piece) => ({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: piece } } })), { messageStop: { stopReason: 'end_turn' } }, { metadata: {} }]) reader.pushParsed(event);
      return reader.facts().brokenPromise === true;
    };
    expect([judgeEvents('{"city":"Paris"}'), judgeEvents('Paris')]).toEqual([false, true]);
  });

  it('is not judged past the cap, where strings are not kept', () => {
    const request = requestOf(object, false);
    const reader = readBody({ status: 200, contentType: 'application/json' }, openaiChat, request, { contentBytes: 0, caps: { responseBytes: 500 } });
    reader.push(encodeUtf8(JSON.stringify(object.document(LONG, 'whole'))));
    const facts = reader.finish({ cleanly: true });
    expect([facts.defect, facts.answer?.brokenPromise]).toEqual(['oversized', undefined]);
  });

  it('costs nothing where it was not asked for', () => {
    expect(OutputText.for(promiseOf('text'))).toBeUndefined();
    expect(promiseOf('toString')).toBeUndefined();
  });
});
