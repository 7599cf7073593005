import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import * as zlib from 'node:zlib';
import * as fc from 'fast-check';
import { DEFAULT_BODY_CAPS, readBody } from '../body/reader.ts';
import { DIALECTS } from '../dialects/catalogue.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { openaiChat } from '../dialects/openai-chat.ts';
import { encodeUtf8 } from '../platform/bytes.ts';
import { inflate, isCoding } from '../platform/inflate.ts';
import { contentAttributes } from '../telemetry/content.ts';
import { settle } from '../config.ts';
import type { BodyFacts, HeadFacts } from '../verdict/evidence.ts';
import { readSdkError } from '../verdict/sdk-error.ts';
import { judgeAttempt } from '../verdict/judge-attempt.ts';
import { damagedAnswers } from './corpus.ts';
import type { Property } from './property.ts';
import { cutAt, cuts } from './reading.ts';

const CAPTURING = settle({ captureContent: 'span' }, {});

/** Reads bytes as any of the ways there are, to the verdict and to the content. */
function digest(dialect: Dialect, stream: boolean, contentBytes: number, head: HeadFacts, pieces: readonly Uint8Array[]): BodyFacts {
  const request = { operation: dialect.operation, stream, parameters: {}, offersTools: stream };
  const reader = readBody(head, dialect, request, { contentBytes });
  for (const piece of pieces) reader.push(piece);
  const body = reader.finish({ cleanly: true });
  judgeAttempt({ request, head, body, ending: { by: 'completion' } });
  contentAttributes(undefined, body.answer, CAPTURING);
  return body;
}

const heads: fc.Arbitrary<HeadFacts> = fc.record({ status: fc.constantFrom(200, 200, 400, 503) , contentType: fc.constantFrom('application/json', 'text/event-stream', 'text/html') }, { requiredKeys: ['status'] });

/** The words of every dialect, so that what is built of them gets far. */
const NAMES = ['id', 'model', 'type', 'object', 'status', 'choices', 'delta', 'message', 'index', 'usage', 'prompt_tokens', 'input_tokens', 'error', 'code', 'response', 'output', 'output_index', 'item', 'item_id', 'call_id', 'content_block', 'content', 'candidates', 'parts', 'text', 'functionCall', 'args', 'usageMetadata', 'promptTokensDetails', 'finish_reason', 'finishReason', 'stop_reason', 'tool_calls', 'function', 'name', 'arguments', 'input', 'data', 'embedding', 'service_tier', 'finish_reason', 'event_type', 'results', 'embeddings', 'meta', 'billed_units', 'done', 'done_reason', 'eval_count', '__proto__', 'constructor', 'prototype', 'toString', 'length'] as const;
const WORDS = ['stop', 'message', 'message_start', 'message_delta', 'content_block_start', 'content_block_delta', 'content_block_stop', 'tool_use', 'input_json_delta', 'text_delta', 'response', 'response.completed', 'response.failed', 'response.output_item.added', 'response.output_item.done', 'response.function_call_arguments.delta', 'function_call', 'error', 'message-end', 'tool-call-start', 'tool-call-delta', 'stream-end', 'STOP', 'AUDIO', '\ud800', '\0', '\uFEFF', '🙂'] as const;

/** JSON of any shape out of those names: members of the right names and of the wrong types. */
const shapes: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.oneof(fc.constantFrom<unknown>(...WORDS, null, true, 0, 1, -1, 0.5, 1e21, 2 ** 53, 2 ** 31, -(2 ** 63), 1e308), fc.string({ unit: 'binary', maxLength: 6 })),
    fc.array(tie('value'), { maxLength: 4 }),
    // Built as text: an object literal would set its prototype.
    fc.array(fc.tuple(fc.constantFrom(...NAMES), tie('value')), { maxLength: 6 }).map((members) => new Members(members)),
  ),
})).value;

/** An object of JSON, also with repeated members. */
class Members {
  readonly #members: readonly (readonly [string, unknown])[];
  constructor(members: readonly (readonly [string, unknown])[]) {
    this.#members = members;
  }
  write(): string {
    return `{${this.#members.map(([name, value]) => `${JSON.stringify(name)}:${write(value)}`).join(',')}}`;
  }
}

function write(value: unknown): string {
  if (value instanceof Members) return value.write();
  return Array.isArray(value) ? `[${value.map(write).join(',')}]` : JSON.stringify(value);
}

/** A document as it is, or as the one event of a stream. */
function asSent(document: string, dialect: Dialect, stream: boolean): string {
  if (!stream) return document;
  return dialect.streamsLines === true ? `${document}\n` : `data: ${document}\n\n`;
}

/** Where a value may be in an answer. `@` is its place. */
const PLACES = [
  '{"id":"x","choices":[{"index":0,"message":{"content":@}}]}',
  '{"id":"x","choices":[{"index":0,"message":{"tool_calls":[{"id":"c","function":{"name":"f","arguments":@}}]},"finish_reason":"tool_calls"}]}',
  '{"id":"x","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":@}}]},"finish_reason":"tool_calls"}]}',
  '{"type":"message","id":"m","content":[{"type":"tool_use","id":"t","name":"f","input":@}],"stop_reason":"tool_use"}',
  '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":@}}',
  '{"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"t","name":"f","input":@}}',
  '{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":@}}]},"finishReason":"STOP"}]}',
  '{"object":"response","id":"r","status":"completed","output":[{"type":"function_call","name":"f","arguments":@}]}',
  '{"type":"response.completed","response":{"object":"response","id":"r","status":"completed","output":[{"type":"web_search_call","action":@}]}}',
  '{"model":"m","message":{"content":"","tool_calls":[{"function":{"name":"f","arguments":@}}]},"done":true,"done_reason":"stop"}',
  '{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"c","function":{"name":"f","arguments":@}}}}}',
  '{"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":@}}',
  '{"event_type":"stream-end","response":{"text":"","tool_calls":[{"name":"f","parameters":@}]}}',
  '{"embeddings":@}',
  '{"results":[{"index":0,"relevance_score":@}]}',
  '{"error":@}',
  '{"error":{"code":@,"message":@}}',
  '{"object":"list","data":[{"embedding":@}]}',
  '@',
] as const;

const DEPTHS = [100, 5_000, 100_000] as const;
/** Ways to nest: what opens a level, and what closes it. */
const NESTS: readonly (readonly [open: string, close: string])[] = [
  ['[', ']'],
  ['{"a":', '}'],
  ['[[{"a":', '}]]'],
  ['{"arguments":{"input":[', ']}}'],
];

/** Longest text of the wire that may reach an attribute. */
const LONGEST = 256;

function checkTexts(facts: unknown, path: string): void {
  if (typeof facts === 'string') {
    ok(facts.length <= LONGEST, `${path} has ${facts.length} characters`);
    // oxlint-disable-next-line no-control-regex
    ok(!/[\u0000-\u001f\u007f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(facts), `${path} is ${JSON.stringify(facts)}`);
  } else if (typeof facts === 'number') ok(Number.isFinite(facts), `${path} is ${facts}`);
  else if (typeof facts === 'object' && facts !== null) for (const [name, member] of Object.entries(facts)) checkTexts(member, `${path}.${name}`);
}

/** What of an answer becomes attributes: of an error only its class, of tool calls only how many are broken. */
function exported({ answer }: BodyFacts): unknown {
  return answer && { ...answer, error: undefined, messages: undefined, toolCalls: undefined };
}

const CAP = DEFAULT_BODY_CAPS.inflatedBytes;

/** A bomb: spaces, which JSON allows anywhere. */
function bomb(coding: string, megabytes: number, start: string): Buffer {
  const plain = Buffer.concat([Buffer.from(start), Buffer.alloc(megabytes * 1_048_576, 0x20)]);
  if (coding === 'br') return zlib.brotliCompressSync(plain, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } });
  if (coding === 'zstd') return zlib.zstdCompressSync(plain);
  const once = coding === 'deflate' ? zlib.deflateSync(plain, { level: 1 }) : zlib.gzipSync(plain, { level: 1 });
  return coding === 'gzip, gzip' ? zlib.gzipSync(once) : once;
}

/** Bytes and values that somebody made to do harm. */
export const HOSTILE: readonly Property[] = [
  {
    tried: 'Any bytes: random ones, damaged answers, soups of the words of every dialect; read as every dialect, unary and streamed, with and without content',
    result: 'Nothing thrown, every byte counted, nothing added to any prototype.',
    runs: 1_500,
    property: fc.property(
      fc.oneof(fc.uint8Array({ maxLength: 200 }), damagedAnswers.map(({ bytes }) => bytes), fc.array(fc.oneof(fc.constantFrom('data: ', 'event: error\n', '\n\n', '\r\n', '[', ']', '{', '}', '"', ',', ':', '[DONE]', '<html>', '\uFEFF', '\0'), shapes.map(write)), { maxLength: 12 }).map((parts) => encodeUtf8(parts.join('')))),
      fc.constantFrom(...DIALECTS),
      heads,
      fc.boolean(),
      fc.constantFrom(0, 100),
      cuts,
      (bytes, dialect, head, stream, contentBytes, places) => {
        const facts = digest(dialect, stream, contentBytes, head, cutAt(bytes, places));
        strictEqual(facts.bytes, bytes.length);
        deepStrictEqual(Object.keys(Object.prototype), []);
      },
    ),
  },
  {
    tried: 'JSON of right names and wrong types, with __proto__ and constructor.prototype, lone surrogates, NUL, byte order marks and huge numbers, as documents and as events',
    result: 'Nothing thrown or polluted; every text that could become an attribute is well-formed, without control characters and at most 256 characters long.',
    runs: 3_000,
    property: fc.property(shapes, fc.constantFrom(...PLACES), fc.constantFrom(...DIALECTS), heads, fc.boolean(), fc.constantFrom(0, 100), (value, place, dialect, head, stream, contentBytes) => {
      const document = place.replaceAll('@', () => write(value));
      const facts = digest(dialect, stream, contentBytes, head, [encodeUtf8(asSent(document, dialect, stream))]);
      checkTexts(exported(facts), 'answer');
      deepStrictEqual([Object.keys(Object.prototype), 'polluted' in {}, 'terminal' in {}], [[], false, false]);
    }),
  },
  {
    tried: 'Names, ids and finish reasons of up to 100,000 characters, and of control characters, NUL, byte order marks and halves of surrogate pairs',
    result: 'None that becomes an attribute has more than 256 characters, a control character, or half of a pair.',
    runs: 500,
    property: fc.property(fc.oneof(fc.integer({ min: 200, max: 100_000 }).map((length) => 'n'.repeat(length)), fc.string({ unit: fc.constantFrom('a', '\0', '\n', '\u007f', '\u0085', '\ud800', '\udc00', '\uFEFF', '🙂'), minLength: 1, maxLength: 6 })), fc.constantFrom(...DIALECTS), fc.boolean(), (text, dialect, stream) => {
      const name = JSON.stringify(text);
      const document = `{"id":${name},"model":${name},"responseId":${name},"modelVersion":${name},"type":"message","object":"response","status":${name},"stop_reason":${name},"content":[{"type":"tool_use","id":${name},"name":${name},"input":{}}],"service_tier":${name},"system_fingerprint":${name},"choices":[{"index":0,"message":{"tool_calls":[{"id":${name},"function":{"name":${name},"arguments":"{}"}}]},"finish_reason":${name}}],"candidates":[{"finishReason":${name}}],"output":[]}`;
      checkTexts(exported(digest(dialect, stream, 0, { status: 200 }, [encodeUtf8(asSent(document, dialect, stream))])), 'answer');
    }),
  },
  {
    tried: 'Nesting 100, 5,000 and 100,000 deep in every place of every dialect, closed and unclosed, as documents and as events, with and without content',
    result: 'Nothing thrown, no stack overflown.',
    runs: 200,
    property: fc.property(fc.constantFrom(...DEPTHS), fc.constantFrom(...NESTS), fc.constantFrom(...PLACES), fc.constantFrom(...DIALECTS), fc.boolean(), fc.boolean(), fc.constantFrom(0, 100), (depth, [open, close], place, dialect, stream, closed, contentBytes) => {
      const deep = open.repeat(depth) + (closed ? `1${close.repeat(depth)}` : '');
      const document = place.replace('@', () => deep).replace('@', '1');
      digest(dialect, stream, contentBytes, { status: 200, contentType: stream ? 'text/event-stream' : 'application/json' }, [encodeUtf8(asSent(document, dialect, stream))]);
    }),
  },
  {
    tried: 'Compression bombs of 32 MB (gzip, deflate, br, zstd, gzip in gzip), unary and streamed',
    result: 'At most the cap comes out of any; never taken for a whole answer.',
    runs: 12,
    property: fc.property(fc.constantFrom('gzip', 'deflate', 'br', 'zstd', 'gzip, gzip'), fc.constantFrom('{"id":"x",', 'data: {"id":"x",', ''), fc.boolean(), (contentEncoding, start, stream) => {
      const packed = bomb(contentEncoding, 32, start);
      const facts = digest(openaiChat, stream, 0, { status: 200, contentEncoding }, [packed]);
      ok(facts.answer?.terminal !== true);
      strictEqual(facts.defect ?? facts.form, 'oversized');
      const outer = contentEncoding.split(',').at(-1)?.trim() ?? '';
      ok(isCoding(outer) && (inflate(outer, packed, CAP)?.bytes.length ?? Infinity) <= CAP);
    }),
  },
  {
    tried: 'Errors thrown by SDKs: any value, with getters that throw, proxies, cycles of causes',
    result: 'Nothing thrown while they are read.',
    runs: 500,
    property: fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true, withSparseArray: true }), fc.nat(3), (value, kind) => {
      const error: { cause?: unknown } = new Error('x', { cause: value });
      if (kind === 1) error.cause = error;
      const thrown: unknown = [value, error, new Proxy({}, { get: () => { throw new Error('no'); }, getPrototypeOf: () => { throw new Error('no'); } }), { get name() { throw new Error('no'); }, cause: value }][kind];
      const facts = readSdkError(thrown);
      ok(facts.names.length <= 11);
    }),
  },
];
