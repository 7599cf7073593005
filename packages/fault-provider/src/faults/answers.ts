import { type Answer, jsonPieces, textPieces, WHOLE_ARGUMENTS } from '../dialects/answer.ts';
import type { Call } from '../dialects/call.ts';
import type { WireDialect } from '../dialects/wire-dialect.ts';
import { type Ending, type Framing, type Head, type Piece, type Reply, utf8, wholeReply } from '../wire/reply.ts';
import type { Said } from '../wire/said.ts';
import { frame, FRAMES_TYPE } from '../wire/frames.ts';
import { PLAIN_SSE, type SseStyle, sseText, type WireEvent } from '../wire/sse.ts';

/** Text that ended by itself. */
export function textAnswer(call: Call): Answer {
  return { text: (call.structured === true ? jsonPieces : textPieces)(call.sizes.textEvents), finish: 'stop' };
}

/** Text that is no JSON, whatever was asked for. */
export function proseAnswer(call: Call): Answer {
  return { text: textPieces(call.sizes.textEvents), finish: 'stop' };
}

/** A tool call, whole. */
export const TOOL_ANSWER: Answer = { text: [], toolCall: { json: WHOLE_ARGUMENTS }, finish: 'tool' };

/** Where it has a parameter. */
const JSON_TYPES: Readonly<Record<string, string>> = { gemini: 'application/json; charset=UTF-8', ollama: 'application/json; charset=utf-8' };

/** The media type of the provider's JSON. */
export function jsonType(call: Call): string {
  return JSON_TYPES[call.dialect.split('.')[0] ?? ''] ?? 'application/json';
}

/** The head of the provider's own 200. */
export function okHead(call: Call, dialect: WireDialect): Head {
  const type = call.mode === 'unary' || call.arrayStream ? jsonType(call) : dialect.stream === 'frames' ? FRAMES_TYPE : (dialect.streamsLines ?? 'text/event-stream; charset=utf-8');
  return { status: 200, headers: { 'content-type': type, ...(call.mode === 'stream' && dialect.stream === undefined && { 'cache-control': 'no-cache' }), ...dialect.headers(call) } };
}

/** An answer in the mode that was asked for, whole and plain. */
export function plainReply(answer: Answer, call: Call, dialect: WireDialect): Reply {
  return call.mode === 'unary' ? documentReply(answer, call, dialect) : streamReply(answer, call, dialect);
}

/** One JSON document, whole. */
export function documentReply(answer: Answer, call: Call, dialect: WireDialect): Reply {
  const { json, says } = dialect.document(answer, call);
  const media = dialect.media?.(call);
  return media === undefined ? wholeReply(okHead(call, dialect), JSON.stringify(json), says) : mediaReply(media, says, call, dialect);
}

/** Media, whole or not. */
function mediaReply({ type, bytes }: NonNullable<ReturnType<NonNullable<WireDialect['media']>>>, says: Said | undefined, call: Call, dialect: WireDialect): Reply {
  const { status, headers } = okHead(call, dialect);
  return { ...wholeReply({ status, headers: { ...headers, 'content-type': type } }, ''), body: [{ bytes, ...(says && { says }) }] };
}

/** The first half of a document, under a Content-Length that promises all of it. */
export function halfDocumentReply(answer: Answer, call: Call, dialect: WireDialect): Reply {
  const { json, says } = dialect.document(answer, call);
  const media = dialect.media?.(call);
  if (media !== undefined) {
    const half = media.bytes.subarray(0, Math.floor(media.bytes.length / 2));
    return { ...mediaReply({ ...media, bytes: half }, undefined, call, dialect), owed: media.bytes.length - half.length, short: true };
  }
  const whole = utf8(JSON.stringify(json));
  const bytes = whole.subarray(0, Math.floor(whole.length / 2));
  const said = saidWithin(Buffer.from(bytes).toString(), json, says, dialect.members);
  return { ...wholeReply(okHead(call, dialect), ''), owed: whole.length - bytes.length, body: [{ bytes, says: said }], short: true };
}

/** What a document says of itself in the members that are whole in the beginning of its text. */
function saidWithin(start: string, json: object, says: Said, members: WireDialect['members']): Said {
  const holds = (name: string, value: unknown): boolean => value !== undefined && start.includes(`"${name}":${JSON.stringify(value)}`);
  const usage: unknown = Object.entries(json).find(([name]) => name === members.usage)?.[1];
  return {
    ...(holds(members.id, says.id) && says.id !== undefined && { id: says.id }),
    ...(holds(members.model, says.model) && says.model !== undefined && { model: says.model }),
    ...(holds(members.usage, usage) && says.tokens !== undefined ? { tokens: says.tokens, usage: says.usage } : { usage: false }),
    finishReasons: says.finishReasons.filter((finish, i) => start.split(`"${members.finish}":${JSON.stringify(finish)}`).length > i + 1),
    terminal: false,
  };
}

/** What differs from a whole, plain stream. */
export interface StreamManner {
  readonly framing?: Framing;
  readonly ending?: Ending;
  readonly sse?: SseStyle;
  readonly pauseMs?: number;
  /** Which of the stream's events are sent, or what others. */
  readonly events?: (events: readonly WireEvent[]) => readonly WireEvent[];
  /** The last of them is cut inside its data. */
  readonly cutInsideLast?: boolean;
}

/** A stream of events. */
export function streamReply(answer: Answer, call: Call, dialect: WireDialect, manner: StreamManner = {}): Reply {
  const all = dialect.events(answer, call);
  const sent = manner.events?.(all) ?? all;
  // An answer that breaks off sends no closing bracket of an array stream either.
  const last = sent.at(-1);
  const brokenOff = (last !== all.at(-1) && last?.says?.terminal !== true) || manner.cutInsideLast === true;
  const whole = dialect.stream === 'frames' ? framePieces(sent) : eventPieces(sent, call, dialect, manner.sse, !brokenOff);
  return {
    head: okHead(call, dialect),
    framing: manner.framing ?? 'chunked',
    owed: 0,
    body: manner.cutInsideLast === true ? withLastHalved(whole) : whole,
    pauseMs: manner.pauseMs ?? 0,
    ending: manner.ending ?? 'complete',
    ...(brokenOff && { short: true as const }),
  };
}

/** The bytes of events, each a piece of its own. */
function eventPieces(events: readonly WireEvent[], call: Call, { streamsLines }: WireDialect, sse: SseStyle = PLAIN_SSE, closed = true): readonly Piece[] {
  const textOf = (event: WireEvent, i: number): string => {
    if (call.arrayStream) return (i === 0 ? '[' : ',\r\n') + event.data;
    return streamsLines === undefined ? sseText(event, sse, i === 0) : event.data + sse.eol;
  };
  const pieces = events.map((event, i): Piece => ({ bytes: utf8(textOf(event, i)), ...(event.says && { says: event.says }) }));
  return call.arrayStream && closed ? [...pieces, { bytes: utf8(']') }] : pieces;
}

function framePieces(events: readonly WireEvent[]): readonly Piece[] {
  return events.map((event): Piece => ({ bytes: frame(event), ...(event.says && { says: event.says }) }));
}

/** The first half of a piece. What it would have said is unsaid. */
function halved({ bytes }: Piece): Piece {
  return { bytes: bytes.subarray(0, Math.floor(bytes.length / 2)) };
}

function withLastHalved(pieces: readonly Piece[]): readonly Piece[] {
  const last = pieces.at(-1);
  return last === undefined ? pieces : [...pieces.slice(0, -1), halved(last)];
}

/** The events up to half of the text: something was delivered, and something is missing. */
export function toMidText(events: readonly WireEvent[]): readonly WireEvent[] {
  const texts = events.flatMap((event, i) => (event.role === 'text' ? [i] : []));
  return events.slice(0, (texts[Math.ceil(texts.length / 2) - 1] ?? 0) + 1);
}

/** The events up to half of the tool call's arguments. */
export function toMidToolCall(events: readonly WireEvent[]): readonly WireEvent[] {
  const tools = events.flatMap((event, i) => (event.role === 'tool' ? [i] : []));
  return events.slice(0, (tools[Math.ceil(tools.length / 2)] ?? 0) + 1);
}
