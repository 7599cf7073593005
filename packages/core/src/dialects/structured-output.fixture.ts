import { encodeUtf8 } from '../platform/bytes.ts';
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

/** How a dialect asks for structured output and answers it. `finish`: well, or at the token limit. */
export interface Case {
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

export const chat = (asks: Readonly<Record<string, unknown>>): Case => ({
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
export const responses: Case = {
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
export const anthropic = (asks: Readonly<Record<string, unknown>>): Case => ({
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
  asks: { contents: [], [config]: config === 'generationConfig' ? { responseMimeType: 'application/json', responseJsonSchema: SCHEMA } : { response_mime_type: 'application/json', response_schema: { type: 'OBJECT', properties: { city: { type: 'STRING', nullable: true } } } } },
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
  asks: { model: 'command', messages: [], response_format: { type: 'json_object', json_schema: SCHEMA } },
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
  asks: { model: 'command', message: 'x', response_format: { type: 'json_object', schema: SCHEMA } },
  document: (text, finish) => ({ generation_id: 'x', text, finish_reason: finish === 'whole' ? 'COMPLETE' : 'MAX_TOKENS' }),
  stream: (pieces, finish) => lines([
    { event_type: 'stream-start', generation_id: 'x' },
    ...pieces.map((text) => ({ event_type: 'text-generation', text })),
    { event_type: 'stream-end', finish_reason: finish === 'whole' ? 'COMPLETE' : 'MAX_TOKENS', response: { generation_id: 'x', text: pieces.join('') } },
  ]),
};

export const converse: Case = {
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

export const CASES: readonly (readonly [string, Case])[] = [
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
export const STREAMED: readonly (readonly [string, Case])[] = CASES.filter(([, { stream }]) => stream !== undefined);

export function requestOf({ dialect, url, streamUrl, asks }: Case, stream: boolean): RequestFacts {
  // The AI Gateway's request says in a header that it streams.
  return { ...dialect.readRequest(new URL(stream ? (streamUrl ?? url) : url), encodeUtf8(JSON.stringify({ ...asks, stream }))), stream };
}
