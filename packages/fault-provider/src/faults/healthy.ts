import type { DialectId } from '@outspan/core';
import type { Answer } from '../dialects/answer.ts';
import { textPieces } from '../dialects/answer.ts';
import type { Call } from '../dialects/call.ts';
import type { WireDialect } from '../dialects/wire-dialect.ts';
import { type Head, type Piece, type Reply, utf8, wholeReply } from '../wire/reply.ts';
import { PLAIN_SSE, type SseStyle } from '../wire/sse.ts';
import { documentReply, okHead, plainReply, streamReply, textAnswer, TOOL_ANSWER } from './answers.ts';
import { defineFault } from './define.ts';
import { BEDROCK, DIALECTS, type Fault, FINISHING, GENERATING, MODES, NOT_BEDROCK, type Play } from './fault.ts';
import { HEALTHY } from './judgements.ts';

const EVERYWHERE = { dialects: DIALECTS, modes: MODES } as const;
const STREAM = { dialects: GENERATING, modes: ['stream'] } as const;

/** Spelling of events that the standard allows and Google's own SDK does not read, nor Cohere's of version 7. */
const NOT_GEMINI: readonly DialectId[] = ['openai.chat', 'openai.responses', 'anthropic.messages'];

const plain: Play = (call, dialect) => plainReply(textAnswer(call), call, dialect);

function spelling(id: string, title: string, sse: Partial<SseStyle>, dialects: readonly DialectId[] = NOT_GEMINI): Fault {
  return defineFault({
    id,
    title,
    applies: { dialects, modes: ['stream'] },
    judgement: HEALTHY,
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { sse: { ...PLAIN_SSE, ...sse } }),
  });
}

/** A text that stands for one too large to be built in one piece. */
const FILL = '@@FILL@@';
const FILL_BLOCK: Uint8Array = new Uint8Array(65_536).fill(0x61);

/** `bytes` of the letter a, in blocks of which all are the same memory. */
function* filling(bytes: number): Generator<Piece> {
  for (let left = bytes; left > 0; left -= FILL_BLOCK.length) yield { bytes: FILL_BLOCK.subarray(0, Math.min(left, FILL_BLOCK.length)) };
}

/** A document whose text is too large to be built in one piece. */
function hugeDocument(call: Call, dialect: WireDialect): Reply {
  const { json, says } = dialect.document({ text: call.structured === true ? ['{"city":"', FILL, '"}'] : [FILL], finish: 'stop' }, call);
  const [before = '', after = ''] = JSON.stringify(json).split(FILL);
  const body: Iterable<Piece> = {
    *[Symbol.iterator]() {
      yield { bytes: utf8(before) };
      yield* filling(call.sizes.hugeBodyBytes);
      yield { bytes: utf8(after), says };
    },
  };
  return { ...wholeReply(okHead(call, dialect), ''), body };
}

/** Bytes of text in each event of a huge stream. */
const HUGE_STREAM_BLOCK = 16_384;

/** A stream whose one text event is sent again and again, from the same memory. */
function hugeStream(call: Call, dialect: WireDialect): Reply {
  // The first element of an array stream has a bracket where the others have a comma, so a small text comes before the large one.
  const answer: Answer = { text: ['a', 'a'.repeat(HUGE_STREAM_BLOCK)], finish: 'stop' };
  const reply = streamReply(answer, call, dialect);
  const times = Math.ceil(call.sizes.hugeBodyBytes / HUGE_STREAM_BLOCK);
  const body: Iterable<Piece> = {
    *[Symbol.iterator]() {
      for (const piece of reply.body) {
        const count = piece.bytes.length > HUGE_STREAM_BLOCK ? times : 1;
        for (let n = 0; n < count; n++) yield piece;
      }
    },
  };
  return { ...reply, body };
}

/** One byte a piece: every place where bytes can be split. */
function split(reply: Reply): Reply {
  const body = [...reply.body].flatMap(({ bytes, says }) =>
    Array.from(bytes, (byte, i): Piece => ({ bytes: Uint8Array.of(byte), ...(says && i === bytes.length - 1 && { says }) })),
  );
  return { ...reply, framing: 'chunked', body };
}

function withType(head: Head | undefined, type: string): Head {
  return { status: head?.status ?? 200, headers: { ...head?.headers, 'content-type': type } };
}

/** Answers with nothing wrong, in every shape that is allowed. */
export const HEALTHY_ANSWERS: readonly Fault[] = [
  defineFault({ id: 'ok', aliases: ['200'], title: 'A healthy answer.', applies: EVERYWHERE, judgement: HEALTHY, play: plain }),
  defineFault({
    id: 'ok_tool_call',
    title: 'A healthy answer that calls the first tool on offer.',
    applies: { dialects: FINISHING, modes: MODES },
    judgement: HEALTHY,
    play: (call, dialect) => plainReply(TOOL_ANSWER, call, dialect),
  }),
  defineFault({
    id: 'ok_slow',
    title: 'A healthy stream, slowly: token by token, each after a pause.',
    applies: STREAM,
    judgement: HEALTHY,
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { pauseMs: call.sizes.tokenDelayMs }),
  }),
  defineFault({
    id: 'ok_close_delimited',
    title: 'A healthy answer without any framing but the end of the connection.',
    applies: EVERYWHERE,
    judgement: HEALTHY,
    play: (call, dialect) => ({ ...plain(call, dialect), framing: 'close' }),
  }),
  defineFault({
    id: 'ok_split_bytes',
    title: 'A healthy answer that comes byte by byte.',
    applies: EVERYWHERE,
    judgement: HEALTHY,
    play: (call, dialect) => split(plain(call, dialect)),
  }),
  spelling('ok_crlf', 'A healthy stream whose lines end in CRLF.', { eol: '\r\n' }, [...NOT_GEMINI, 'gemini.generate_content', 'cohere.chat', 'cohere.v1_chat', 'ollama.chat', 'ollama.generate']),
  spelling('ok_bom', 'A healthy stream that begins with a byte order mark.', { bom: true }),
  spelling('ok_comments', 'A healthy stream with comments, ids and retry times among its events.', { comments: true }, [...NOT_GEMINI, 'cohere.chat']),
  spelling('ok_multiline_data', 'A healthy stream whose events have their data on several lines.', { multiline: true }),
  defineFault({
    id: 'ok_wrong_content_type',
    title: 'A healthy answer that calls itself plain text.',
    applies: EVERYWHERE,
    judgement: HEALTHY,
    // Stainless SDKs hand the text out as a string, over which openai's `responses.create` trips.
    sdk: ({ dialect, mode }) => (dialect === 'openai.responses' && mode === 'unary' ? 'loud' : undefined),
    play(call, dialect) {
      const reply = plain(call, dialect);
      return { ...reply, head: withType(reply.head, 'text/plain; charset=utf-8') };
    },
  }),
  defineFault({
    id: 'ok_huge',
    title: 'A healthy answer of 50 MB.',
    applies: { dialects: GENERATING, modes: ['unary'] },
    judgement: HEALTHY,
    play: hugeDocument,
  }),
  defineFault({
    id: 'ok_huge_stream',
    title: 'A healthy stream of 50 MB in events of 16 KB.',
    // The responses API and Cohere's older chat repeat all of the text in their last events.
    applies: { dialects: ['openai.chat', 'anthropic.messages', 'gemini.generate_content', ...BEDROCK, 'cohere.chat', 'ollama.chat', 'ollama.generate'], modes: ['stream'] },
    judgement: HEALTHY,
    play: hugeStream,
  }),
  defineFault({
    id: 'ok_huge_event',
    title: 'A healthy stream of which one event has 5 MB.',
    applies: STREAM,
    judgement: HEALTHY,
    play: (call, dialect) => streamReply({ text: [...textPieces(2), 'a'.repeat(call.sizes.hugeEventBytes)], finish: 'stop' }, call, dialect),
  }),
  defineFault({
    id: 'ok_redirect',
    aliases: ['307'],
    title: 'A 307 to another URL, and a healthy answer there.',
    applies: { dialects: NOT_BEDROCK, modes: MODES },
    judgement: HEALTHY,
    requests: 2,
    play: (call, dialect) => wholeReply({ status: 307, headers: { location: call.path, ...dialect.headers(call) } }, ''),
    lands: plain,
  }),
  defineFault({
    id: 'ok_chunked',
    title: 'A healthy document in a chunked body.',
    applies: { dialects: DIALECTS, modes: ['unary'] },
    judgement: HEALTHY,
    play: (call, dialect) => ({ ...documentReply(textAnswer(call), call, dialect), framing: 'chunked' }),
  }),
];
