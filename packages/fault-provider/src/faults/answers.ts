import { type Answer, textPieces, WHOLE_ARGUMENTS } from '../dialects/answer.ts';
import type { Call } from '../dialects/call.ts';
import type { WireDialect } from '../dialects/wire-dialect.ts';
import { type Ending, type Framing, type Head, type Piece, type Reply, utf8, wholeReply } from '../wire/reply.ts';
import { PLAIN_SSE, type SseStyle, sseText, type WireEvent } from '../wire/sse.ts';

/** Text that ended by itself. */
export function textAnswer(call: Call): Answer {
  return { text: textPieces(call.sizes.textEvents), finish: 'stop' };
}

/** A tool call, whole. */
export const TOOL_ANSWER: Answer = { text: [], toolCall: { json: WHOLE_ARGUMENTS }, finish: 'tool' };

/** The head of the provider's own 200. */
export function okHead(call: Call, dialect: WireDialect): Head {
  const type = call.mode === 'unary' || call.arrayStream ? jsonType(call) : 'text/event-stream; charset=utf-8';
  return { status: 200, headers: { 'content-type': type, ...(call.mode === 'stream' && { 'cache-control': 'no-cache' }), ...dialect.headers(call) } };
}

function jsonType(call: Call): string {
  return call.dialect === 'gemini.generate_content' ? 'application/json; charset=UTF-8' : 'application/json';
}

/** What differs from a plain, healthy answer. */
export interface Manner {
  readonly framing?: Framing;
  readonly ending?: Ending;
  readonly sse?: SseStyle;
  readonly pauseMs?: number;
  /** Which of the stream's events are sent. */
  readonly events?: (events: readonly WireEvent[]) => readonly WireEvent[];
  /** The last event is cut inside its data. */
  readonly cutInsideLast?: boolean;
}

/** The bytes of events, each a piece of its own. */
export function eventPieces(events: readonly WireEvent[], call: Call, sse: SseStyle = PLAIN_SSE): Piece[] {
  if (call.arrayStream) {
    const pieces = events.map((event, i): Piece => ({ bytes: utf8((i === 0 ? '[' : ',\r\n') + event.data), ...(event.says && { says: event.says }) }));
    return [...pieces, { bytes: utf8(']') }];
  }
  return events.map((event, i) => ({ bytes: utf8(sseText(event, sse, i === 0)), ...(event.says && { says: event.says }) }));
}

/** The first `share` of a piece; what it would have said is unsaid. */
export function half(piece: Piece, share = 0.5): Piece {
  return { bytes: piece.bytes.subarray(0, Math.floor(piece.bytes.length * share)) };
}

/** An answer in the mode that was asked for. */
export function reply(answer: Answer, call: Call, dialect: WireDialect, manner: Manner = {}): Reply {
  return call.mode === 'unary' ? documentReply(answer, call, dialect) : streamReply(answer, call, dialect, manner);
}

/** One JSON document, whole. */
export function documentReply(answer: Answer, call: Call, dialect: WireDialect): Reply {
  const { json, says } = dialect.document(answer, call);
  return wholeReply(okHead(call, dialect), JSON.stringify(json), says);
}

/** A stream of events. */
export function streamReply(answer: Answer, call: Call, dialect: WireDialect, manner: Manner = {}): Reply {
  const all = dialect.events(answer, call);
  const sent = manner.events?.(all) ?? all;
  const pieces = eventPieces(sent, call, manner.sse);
  const shortened = sent.length < all.length || manner.cutInsideLast === true;
  // The closing bracket of an array stream is not sent by an answer that breaks off.
  if (shortened && call.arrayStream) pieces.pop();
  const last = pieces.at(-1);
  if (manner.cutInsideLast === true && last !== undefined) pieces[pieces.length - 1] = half(last);
  return {
    head: okHead(call, dialect),
    framing: manner.framing ?? 'chunked',
    owed: 0,
    body: pieces,
    pauseMs: manner.pauseMs ?? 0,
    ending: manner.ending ?? 'complete',
    ...(shortened && { short: true as const }),
  };
}
