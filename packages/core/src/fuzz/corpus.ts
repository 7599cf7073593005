import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { anthropicMessages } from '../dialects/anthropic-messages.ts';
import { bedrockConverse } from '../dialects/bedrock-converse.ts';
import { bedrockInvokeModel } from '../dialects/bedrock-invoke-model.ts';
import type { Dialect, RequestFacts } from '../dialects/dialect.ts';
import { fixture } from '../dialects/fixtures/fixture.ts';
import { geminiGenerateContent } from '../dialects/gemini-generate-content.ts';
import { cohereChat } from '../dialects/cohere-chat.ts';
import { cohereEmbed } from '../dialects/cohere-embed.ts';
import { cohereV1Chat } from '../dialects/cohere-v1-chat.ts';
import { ollamaChat, ollamaGenerate } from '../dialects/ollama.ts';
import { ollamaEmbed } from '../dialects/ollama-embed.ts';
import { openaiChat } from '../dialects/openai-chat.ts';
import { openaiEmbeddings } from '../dialects/openai-embeddings.ts';
import { openaiResponses } from '../dialects/openai-responses.ts';
import { rerank } from '../dialects/rerank.ts';
import { encodeUtf8 } from '../platform/bytes.ts';
import { frame } from './frames.ts';
import type { HeadFacts } from '../verdict/evidence.ts';

/** A whole, healthy answer on the wire. */
export interface WholeAnswer {
  readonly dialect: Dialect;
  readonly request: RequestFacts;
  readonly head: HeadFacts;
  readonly bytes: Uint8Array;
  /** So many of its first bytes prove that it is whole: up to the end of the event that says so, or of the document. */
  readonly endsAt: number;
}

/** Lets a counterexample show its bytes as they read. */
function shown(answer: WholeAnswer): WholeAnswer {
  const { dialect, request, endsAt, bytes } = answer;
  return Object.defineProperty({ ...answer }, inspect.custom, { value: () => ({ dialect: dialect.id, stream: request.stream, offersTools: request.offersTools, endsAt, bytes: Buffer.from(bytes).toString('latin1') }) });
}

/** One event of a stream; `ends`: the dialect takes the answer for whole from it on. */
interface Event {
  readonly name?: string;
  readonly data: string;
  readonly ends?: true;
}

/** How a stream is written. All of it is allowed. */
interface Style {
  readonly eol: '\n' | '\r\n' | '\r';
  readonly bom: boolean;
  readonly comments: boolean;
  readonly lines: boolean;
}

const JSON_HEAD: HeadFacts = { status: 200, contentType: 'application/json', providerSigned: true };
const STREAM_HEAD: HeadFacts = { status: 200, contentType: 'text/event-stream', providerSigned: true };

/** Text with everything in it that has a meaning somewhere on the way. */
const text: fc.Arbitrary<string> = fc.string({
  unit: fc.oneof(fc.constantFrom('"', '\\', '\n', '\r', '\n\n', '\0', '{', '}', ']', ',', 'data: ', '[DONE]', 'é', '😀', '\ud800', '\udc00', '\u2028', '\uFEFF', '__proto__'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 })),
  maxLength: 12,
});

type Write = (texts: readonly string[], tool: string | undefined) => readonly Event[];

const json = (data: object, name?: string, ends?: boolean): Event => ({ data: JSON.stringify(data), ...(name !== undefined && { name }), ...(ends === true && { ends }) });

function chatEvents(texts: readonly string[], tool: string | undefined): readonly Event[] {
  const chunk = (delta: object, finish: string | null, more: object = {}): object => ({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'gpt-5-2026', choices: [{ index: 0, delta, finish_reason: finish }], ...more });
  return [
    json(chunk({ role: 'assistant', content: '' }, null)),
    ...texts.map((content) => json(chunk({ content }, null))),
    ...(tool === undefined ? [] : [json(chunk({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } }] }, null)), ...halves(tool).map((part) => json(chunk({ tool_calls: [{ index: 0, function: { arguments: part } }] }, null)))]),
    { ...json(chunk({}, tool === undefined ? 'stop' : 'tool_calls')), ends: true },
    json({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'gpt-5-2026', choices: [], usage: { prompt_tokens: 9, completion_tokens: 4 } }),
    { data: '[DONE]' },
  ];
}

function responsesEvents(texts: readonly string[], tool: string | undefined): readonly Event[] {
  const response = (status: string, more: object = {}): object => ({ id: 'resp_1', object: 'response', model: 'gpt-5-2026', status, ...more });
  const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f' };
  return [
    json({ type: 'response.created', response: response('in_progress') }, 'response.created'),
    ...texts.map((delta) => json({ type: 'response.output_text.delta', output_index: 0, delta }, 'response.output_text.delta')),
    ...(tool === undefined
      ? []
      : [
          json({ type: 'response.output_item.added', output_index: 1, item: { ...call, arguments: '' } }, 'response.output_item.added'),
          ...halves(tool).map((delta) => json({ type: 'response.function_call_arguments.delta', output_index: 1, delta }, 'response.function_call_arguments.delta')),
          json({ type: 'response.function_call_arguments.done', output_index: 1, arguments: tool }, 'response.function_call_arguments.done'),
        ]),
    json(
      { type: 'response.completed', response: response('completed', { output: [{ type: 'message', content: [{ type: 'output_text', text: texts.join('') }] }, ...(tool === undefined ? [] : [{ ...call, arguments: tool }])], usage: { input_tokens: 9, output_tokens: 4 } }) },
      'response.completed',
      true,
    ),
  ];
}

function anthropicEvents(texts: readonly string[], tool: string | undefined): readonly Event[] {
  const event = (data: { readonly type: string } & Readonly<Record<string, unknown>>, ends = false): Event => json(data, data.type, ends);
  return [
    event({ type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-5', content: [], stop_reason: null, usage: { input_tokens: 9, output_tokens: 1 } } }),
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    event({ type: 'ping' }),
    ...texts.map((part) => event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: part } })),
    event({ type: 'content_block_stop', index: 0 }),
    ...(tool === undefined
      ? []
      : [
          event({ type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} } }),
          ...halves(tool).map((part) => event({ type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: part } })),
          event({ type: 'content_block_stop', index: 1 }),
        ]),
    event({ type: 'message_delta', delta: { stop_reason: tool === undefined ? 'end_turn' : 'tool_use' }, usage: { output_tokens: 4 } }),
    event({ type: 'message_stop' }, true),
  ];
}

function geminiEvents(texts: readonly string[], tool: string | undefined): readonly Event[] {
  const chunk = (parts: readonly object[], more: object, tokens: number): object => ({ candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }], usageMetadata: { promptTokenCount: 9, candidatesTokenCount: tokens }, modelVersion: 'gemini-3', responseId: 'r1' });
  return [
    ...texts.map((part, at) => json(chunk([{ text: part }], {}, at))),
    ...(tool === undefined ? [] : [json(chunk([{ functionCall: { name: 'f', args: JSON.parse(tool) } }], {}, 3))]),
    json(chunk([{ text: '' }], { finishReason: 'STOP' }, 4), undefined, true),
  ];
}

function converseEvents(texts: readonly string[], tool: string | undefined): readonly Event[] {
  return [
    json({ role: 'assistant' }, 'messageStart'),
    ...texts.map((text, at) => json({ contentBlockIndex: 0, delta: { text }, p: 'abcdefgh'.slice(at % 8) }, 'contentBlockDelta')),
    json({ contentBlockIndex: 0 }, 'contentBlockStop'),
    ...(tool === undefined
      ? []
      : [
          json({ contentBlockIndex: 1, start: { toolUse: { toolUseId: 't1', name: 'f' } } }, 'contentBlockStart'),
          ...halves(tool).map((input) => json({ contentBlockIndex: 1, delta: { toolUse: { input } } }, 'contentBlockDelta')),
          json({ contentBlockIndex: 1 }, 'contentBlockStop'),
        ]),
    json({ stopReason: tool === undefined ? 'end_turn' : 'tool_use' }, 'messageStop'),
    json({ usage: { inputTokens: 9, outputTokens: 4 } }, 'metadata', true),
  ];
}

/** A model's own events within Bedrock's. */
function invokeEvents(texts: readonly string[], tool: string | undefined): readonly Event[] {
  return anthropicEvents(texts, tool).map(({ data, ends }) => json({ bytes: Buffer.from(data).toString('base64'), p: 'abc' }, 'chunk', ends));
}

function cohereEvents(texts: readonly string[], tool: string | undefined): readonly Event[] {
  const event = (data: { readonly type: string } & Readonly<Record<string, unknown>>, ends = false): Event => json(data, data.type, ends);
  return [
    event({ id: 'c1', type: 'message-start', delta: { message: { role: 'assistant', content: [] } } }),
    ...texts.map((part) => event({ type: 'content-delta', index: 0, delta: { message: { content: { text: part } } } })),
    event({ type: 'content-end', index: 0 }),
    ...(tool === undefined
      ? []
      : [
          event({ type: 'tool-call-start', index: 0, delta: { message: { tool_calls: { id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } } } } }),
          ...halves(tool).map((part) => event({ type: 'tool-call-delta', index: 0, delta: { message: { tool_calls: { function: { arguments: part } } } } })),
          event({ type: 'tool-call-end', index: 0 }),
        ]),
    event({ type: 'message-end', delta: { finish_reason: tool === undefined ? 'COMPLETE' : 'TOOL_CALL', usage: { billed_units: { input_tokens: 9, output_tokens: 4 } } } }, true),
  ];
}

function cohereV1Events(texts: readonly string[], tool: string | undefined): readonly Event[] {
  const calls = tool === undefined ? [] : [{ name: 'f', parameters: JSON.parse(tool) }];
  return [
    json({ is_finished: false, event_type: 'stream-start', generation_id: 'g1' }),
    ...texts.map((part) => json({ is_finished: false, event_type: 'text-generation', text: part })),
    ...(calls.length === 0 ? [] : [json({ is_finished: false, event_type: 'tool-calls-generation', tool_calls: calls })]),
    json({ is_finished: true, event_type: 'stream-end', finish_reason: 'COMPLETE', response: { text: texts.join(''), generation_id: 'g1', tool_calls: calls, meta: { billed_units: { input_tokens: 9, output_tokens: 4 } } } }, undefined, true),
  ];
}

const ollamaEvents =
  (said: (text: string, calls?: readonly object[]) => object): Write =>
  (texts, tool) => {
    const line = (more: object, ends = false): Event => json({ model: 'llama3.2', created_at: '2026-11-20T10:04:00Z', ...more }, undefined, ends);
    return [
      ...texts.map((part) => line({ ...said(part), done: false })),
      ...(tool === undefined ? [] : [line({ ...said('', [{ function: { name: 'f', arguments: JSON.parse(tool) } }]), done: false })]),
      line({ ...said(''), done: true, done_reason: 'stop', prompt_eval_count: 9, eval_count: 4 }, true),
    ];
  };

function halves(of: string): readonly string[] {
  const middle = of.length >> 1;
  return [of.slice(0, middle), of.slice(middle)];
}

/** One row a dialect that streams. */
const STREAMS: readonly (readonly [dialect: Dialect, write: Write])[] = [
  [openaiChat, chatEvents],
  [openaiResponses, responsesEvents],
  [anthropicMessages, anthropicEvents],
  [geminiGenerateContent, geminiEvents],
  [cohereChat, cohereEvents],
];

/** One row a dialect whose streams are documents one a line. */
const LINED: readonly (readonly [dialect: Dialect, write: Write])[] = [
  [cohereV1Chat, cohereV1Events],
  [ollamaChat, ollamaEvents((content, calls) => ({ message: { role: 'assistant', content, ...(calls && { tool_calls: calls }) } }))],
  [ollamaGenerate, ollamaEvents((response) => ({ response }))],
];

const DOCUMENTS: readonly (readonly [dialect: Dialect, document: (text: string) => object])[] = [
  [openaiChat, (content) => ({ id: 'chatcmpl-1', object: 'chat.completion', model: 'gpt-5-2026', choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }], usage: { prompt_tokens: 9, completion_tokens: 4 } })],
  [openaiResponses, (answer) => ({ id: 'resp_1', object: 'response', model: 'gpt-5-2026', status: 'completed', output: [{ type: 'message', content: [{ type: 'output_text', text: answer }] }], usage: { input_tokens: 9, output_tokens: 4 } })],
  [openaiEmbeddings, (model) => ({ object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.5, -1e-3] }], model: `m${model}`, usage: { prompt_tokens: 9, total_tokens: 9 } })],
  [anthropicMessages, (part) => ({ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-5', content: [{ type: 'text', text: part }], stop_reason: 'end_turn', usage: { input_tokens: 9, output_tokens: 4 } })],
  [bedrockConverse, (part) => ({ output: { message: { role: 'assistant', content: [{ text: part }] } }, stopReason: 'end_turn', usage: { inputTokens: 9, outputTokens: 4 } })],
  [bedrockInvokeModel, (generation) => ({ generation, prompt_token_count: 9, generation_token_count: 4, stop_reason: 'stop' })],
  [geminiGenerateContent, (part) => ({ candidates: [{ content: { parts: [{ text: part }] }, finishReason: 'STOP', index: 0 }], usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 4 }, modelVersion: 'gemini-3', responseId: 'r1' })],
  [cohereChat, (part) => ({ id: 'c1', finish_reason: 'COMPLETE', message: { role: 'assistant', content: [{ type: 'text', text: part }] }, usage: { billed_units: { input_tokens: 9, output_tokens: 4 } } })],
  [cohereV1Chat, (part) => ({ text: part, generation_id: 'g1', finish_reason: 'COMPLETE', meta: { billed_units: { input_tokens: 9, output_tokens: 4 } } })],
  [cohereEmbed, (part) => ({ id: 'c1', embeddings: { float: [[0.5, -1e-3]] }, texts: [part], meta: { billed_units: { input_tokens: 9 } } })],
  [rerank, (part) => ({ id: 'c1', results: [{ index: 0, relevance_score: 0.9, document: { text: part } }], meta: { billed_units: { search_units: 1 } } })],
  [ollamaChat, (content) => ({ model: 'llama3.2', message: { role: 'assistant', content }, done: true, done_reason: 'stop', prompt_eval_count: 9, eval_count: 4 })],
  [ollamaGenerate, (response) => ({ model: 'llama3.2', response, done: true, done_reason: 'stop', prompt_eval_count: 9, eval_count: 4 })],
  [ollamaEmbed, (model) => ({ model: `m${model}`, embeddings: [[0.5, -1e-3]], prompt_eval_count: 9 })],
];

function asked(dialect: Dialect, stream: boolean, offersTools: boolean): RequestFacts {
  return { operation: dialect.operation, stream, parameters: {}, offersTools };
}

/** Writes events as server-sent ones. `endsAt` is the end of the last data line of the event that ends the answer. */
function writeEvents(events: readonly Event[], { eol, bom, comments, lines }: Style): { readonly wire: string; readonly upTo: string } {
  let wire = bom ? '\uFEFF' : '';
  let upTo: string | undefined;
  for (const { name, data, ends } of events) {
    if (comments) wire += `: keep-alive${eol}`;
    if (name !== undefined) wire += `event: ${name}${eol}`;
    if (comments) wire += `id: 7${eol}:${eol}retry: 10${eol}`;
    const rows = lines && data.startsWith('{') ? JSON.stringify(JSON.parse(data), undefined, 1).split('\n') : [data];
    wire += rows.map((row) => `data: ${row}`).join(eol);
    if (ends === true) upTo ??= wire;
    wire += eol + eol;
  }
  return { wire, upTo: upTo ?? wire };
}

const style: fc.Arbitrary<Style> = fc.record({ eol: fc.constantFrom('\n', '\n', '\r\n', '\r'), bom: fc.boolean(), comments: fc.boolean(), lines: fc.boolean() });
const toolArguments: fc.Arbitrary<string> = fc.dictionary(text, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }).map((value) => JSON.stringify(value));

const streams: fc.Arbitrary<WholeAnswer> = fc
  .tuple(fc.constantFrom(...STREAMS), fc.array(text, { minLength: 1, maxLength: 12 }), fc.option(toolArguments, { nil: undefined }), style, fc.boolean())
  .map(([[dialect, write], texts, tool, how, offers]) => {
    const { wire, upTo } = writeEvents(write(texts, tool), how);
    return { dialect, request: asked(dialect, true, offers || tool !== undefined), head: STREAM_HEAD, bytes: encodeUtf8(wire), endsAt: encodeUtf8(upTo).length };
  });

/** One row a dialect whose streams are binary. */
const FRAMED: readonly (readonly [dialect: Dialect, write: Write])[] = [
  [bedrockConverse, converseEvents],
  [bedrockInvokeModel, invokeEvents],
];
const FRAMED_HEADS: readonly HeadFacts[] = [{ status: 200, contentType: 'application/vnd.amazon.eventstream', providerSigned: true }, { status: 200, contentType: 'text/plain', providerSigned: true }];

const framed: fc.Arbitrary<WholeAnswer> = fc
  .tuple(fc.constantFrom(...FRAMED), fc.array(text, { minLength: 1, maxLength: 12 }), fc.option(toolArguments, { nil: undefined }), fc.boolean(), fc.constantFrom(...FRAMED_HEADS))
  .map(([[dialect, write], texts, tool, more, head]) => {
    const events = write(texts, tool);
    const messages = events.map(({ name = '', data }) => frame(name, data, more));
    const upTo = messages.slice(0, events.findIndex(({ ends }) => ends === true) + 1);
    return { dialect, request: asked(dialect, true, true), head, bytes: Uint8Array.from(Buffer.concat(messages)), endsAt: Buffer.concat(upTo).length };
  });

/** Writes events as documents one a line, some of which may be blank. `endsAt` is the end of the line that ends the answer. */
function writeLines(events: readonly Event[], { eol, bom, comments }: Style): { readonly wire: string; readonly upTo: string } {
  const end = eol === '\r' ? '\n' : eol;
  let wire = bom ? '\uFEFF' : '';
  let upTo: string | undefined;
  for (const { data, ends } of events) {
    wire += data;
    if (ends === true) upTo ??= wire;
    wire += end + (comments ? ` ${end}` : '');
  }
  return { wire, upTo: upTo ?? wire };
}
const LINES_HEADS: readonly HeadFacts[] = [{ status: 200, contentType: 'application/x-ndjson' }, { status: 200, contentType: 'application/stream+json', providerSigned: true }, { status: 200 }];

const lined: fc.Arbitrary<WholeAnswer> = fc
  .tuple(fc.constantFrom(...LINED), fc.array(text, { minLength: 1, maxLength: 12 }), fc.option(toolArguments, { nil: undefined }), style, fc.boolean(), fc.constantFrom(...LINES_HEADS))
  .map(([[dialect, write], texts, tool, how, offers, head]) => {
    const { wire, upTo } = writeLines(write(texts, tool), how);
    return { dialect, request: asked(dialect, true, offers || tool !== undefined), head, bytes: encodeUtf8(wire), endsAt: encodeUtf8(upTo).length };
  });

/** Streams of which only the two ends are read: text without tools, and much of it. */
export const longStreams: fc.Arbitrary<WholeAnswer> = fc.tuple(fc.constantFrom(...STREAMS, ...LINED), fc.integer({ min: 80, max: 600 }), text, style).map(([[dialect, write], events, part, how]) => {
  const { wire, upTo } = (dialect.streamsLines === true ? writeLines : writeEvents)(write(Array.from({ length: events }, (_, at) => `${part}${at}`), undefined), { ...how, bom: false });
  return shown({ dialect, request: asked(dialect, true, false), head: STREAM_HEAD, bytes: encodeUtf8(wire), endsAt: encodeUtf8(upTo).length });
});

/** Gemini without `alt=sse`. */
const arrays: fc.Arbitrary<WholeAnswer> = fc.tuple(fc.array(text, { minLength: 1, maxLength: 12 }), fc.option(toolArguments, { nil: undefined }), fc.constantFrom('', ' ', '\r\n')).map(([texts, tool, space]) => {
  const elements = geminiEvents(texts, tool).map(({ data }) => data);
  const upTo = `[${elements.join(`${space},${space}`)}`;
  return { dialect: geminiGenerateContent, request: asked(geminiGenerateContent, true, true), head: JSON_HEAD, bytes: encodeUtf8(`${upTo}${space}]`), endsAt: encodeUtf8(upTo).length };
});

const documents: fc.Arbitrary<WholeAnswer> = fc.tuple(fc.constantFrom(...DOCUMENTS), text, fc.constantFrom(undefined, 1), fc.constantFrom('', '\n', ' \r\n\t'), fc.boolean()).map(([[dialect, document], answer, indent, space, bom]) => {
  const upTo = (bom ? '\uFEFF' : '') + JSON.stringify(document(answer), undefined, indent);
  return { dialect, request: asked(dialect, false, false), head: JSON_HEAD, bytes: encodeUtf8(upTo + space), endsAt: encodeUtf8(upTo).length };
});

/** Answers as they were recorded. The mark is what only the event that ends the answer has. */
const RECORDED: readonly WholeAnswer[] = (
  [
    ['openai-chat.text.sse', openaiChat, '"finish_reason":"stop"'],
    ['openai-chat.tools.sse', openaiChat, '"finish_reason":"tool_calls"'],
    ['openai-responses.text.sse', openaiResponses, 'data: {"type":"response.completed"'],
    ['openai-responses.tools.sse', openaiResponses, 'data: {"type":"response.completed"'],
    ['anthropic-messages.text.sse', anthropicMessages, 'data: {"type":"message_stop"'],
    ['anthropic-messages.tools.sse', anthropicMessages, 'data: {"type":"message_stop"'],
    ['gemini.text.sse', geminiGenerateContent, '"finishReason"'],
    ['gemini.tools.sse', geminiGenerateContent, '"finishReason"'],
    ['cohere-chat.text.sse', cohereChat, 'data: {"type":"message-end"'],
    ['cohere-chat.tools.sse', cohereChat, 'data: {"type":"message-end"'],
    ['cohere-v1-chat.text.ndjson', cohereV1Chat, '"event_type":"stream-end"'],
    ['ollama-chat.text.ndjson', ollamaChat, '"done":true'],
    ['ollama-chat.tools.ndjson', ollamaChat, '"done":true'],
    ['ollama-generate.text.ndjson', ollamaGenerate, '"done":true'],
  ] as const
).map(([name, dialect, mark]) => {
  const bytes = fixture(name);
  const wire = Buffer.from(bytes).toString('latin1');
  const at = wire.indexOf(mark);
  if (at === -1) throw new Error(`${name} has no ${mark}`);
  const end = /\s*(?:\r?\n)/.exec(wire.slice(at));
  return { dialect, request: asked(dialect, true, true), head: STREAM_HEAD, bytes, endsAt: at + (end?.index ?? wire.length - at) };
});

/** The same of binary streams, whose last message ends the answer. */
const RECORDED_FRAMES: readonly WholeAnswer[] = (
  [
    ['bedrock-converse.text.eventstream', bedrockConverse],
    ['bedrock-converse.tools.eventstream', bedrockConverse],
    ['bedrock-invoke.anthropic.eventstream', bedrockInvokeModel],
    ['bedrock-invoke.llama.eventstream', bedrockInvokeModel],
  ] as const
).map(([name, dialect]) => {
  const bytes = fixture(name);
  return { dialect, request: asked(dialect, true, true), head: { status: 200, contentType: 'application/vnd.amazon.eventstream', providerSigned: true }, bytes, endsAt: bytes.length };
});

/** Whole answers of every dialect: recorded and generated, streams and documents. */
export const wholeAnswers: fc.Arbitrary<WholeAnswer> = fc.oneof({ arbitrary: streams, weight: 4 }, { arbitrary: documents, weight: 2 }, { arbitrary: framed, weight: 2 }, { arbitrary: lined, weight: 2 }, arrays, fc.constantFrom(...RECORDED, ...RECORDED_FRAMES)).map(shown);

/** One thing that happens to bytes on a bad way. */
type Damage = (bytes: Uint8Array, at: number, byte: number) => Uint8Array;

const DAMAGES: readonly Damage[] = [
  (bytes, at, byte) => bytes.with(Math.min(at, bytes.length - 1), byte),
  (bytes, at) => Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1)]),
  (bytes, at, byte) => Uint8Array.from([...bytes.subarray(0, at), byte, ...bytes.subarray(at)]),
  (bytes, at) => Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(Math.max(0, at - 20))]),
  (bytes, at) => bytes.subarray(0, at),
];

/** A place in bytes, as a part of the whole. Not a double of fast-check's: of those nearly all are next to zero. */
export const place: fc.Arbitrary<number> = fc.nat(999_999).map((millionth) => millionth / 1e6);

/** Bytes that a byte is turned into: those that mean something, and any. */
const meaningful: fc.Arbitrary<number> = fc.oneof(fc.constantFrom(...encodeUtf8('\n\r"\\{}[]:, \0<d'), 0xef, 0xff, 0xc3), fc.integer({ min: 0, max: 255 }));

/** Answers that were whole. Where they were damaged, `endsAt` means nothing. */
export const damagedAnswers: fc.Arbitrary<WholeAnswer> = fc
  .tuple(wholeAnswers, fc.array(fc.tuple(fc.constantFrom(...DAMAGES), place, meaningful), { minLength: 1, maxLength: 4 }))
  .map(([answer, damages]) => shown({ ...answer, bytes: damages.reduce((bytes, [damage, at, byte]) => (bytes.length === 0 ? bytes : damage(bytes, Math.floor(at * bytes.length), byte)), answer.bytes) }));
