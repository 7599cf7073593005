import type { Piece, Reply } from '../wire/reply.ts';
import type { WireEvent } from '../wire/sse.ts';
import { okHead, streamReply, textAnswer, toMidText, toMidToolCall, TOOL_ANSWER } from './answers.ts';
import { defineFault } from './define.ts';
import { BEDROCK, type Cell, type Fault, FINISHING, GENERATING, type Judgement, type Play } from './fault.ts';
import { cut, HEALTHY, LOST, malformed, SERVER_ERROR, STALLED } from './judgements.ts';

const STREAM = { dialects: GENERATING, modes: ['stream'] } as const;
/** Those of the others come whole or not at all. */
const TOOL_STREAM = { dialects: ['openai.chat', 'openai.responses', 'anthropic.messages', ...BEDROCK, 'cohere.chat'], modes: ['stream'] } as const;
/** Ollama's is the one SDK that misses the last line. */
const unnoticed = ({ dialect }: Cell): 'silent' | undefined => (dialect.startsWith('ollama.') ? undefined : 'silent');
/** Openai's chat stream and Ollama's stop reading at their terminal event; the others read on into the broken end. */
const readsOn = ({ dialect }: Cell): 'loud' | undefined => (dialect === 'openai.chat' || dialect.startsWith('ollama.') ? undefined : 'loud');

/** All but the last event. Where that is `[DONE]`, nobody waits for it: the finish reason was there. The other dialects' last event carries what completes the answer. */
function beforeTerminal({ dialect }: Cell): Judgement {
  return dialect === 'openai.chat' ? HEALTHY : cut('stream_unterminated');
}

function upToFinish(events: readonly WireEvent[]): readonly WireEvent[] {
  return events.slice(0, events.findIndex(({ role }) => role === 'finish'));
}

/** A comma where the first value should begin, so that the event is no prefix of anything. */
function spoilt(events: readonly WireEvent[]): readonly WireEvent[] {
  const middle = toMidText(events).length - 1;
  return events.map((event, i): WireEvent => (i === middle ? { role: event.role, ...(event.name !== undefined && { name: event.name }), data: event.data.replace('":', '":,') } : event));
}

/** The last byte of a message belongs to its checksum. */
function miscounted(...[call, dialect]: Parameters<Play>): Reply {
  const whole = streamReply(textAnswer(call), call, dialect);
  const middle = toMidText(dialect.events(textAnswer(call), call)).length - 1;
  const body = [...whole.body].map((piece, i): Piece => (i === middle ? { bytes: piece.bytes.map((byte, at) => (at === piece.bytes.length - 1 ? byte ^ 0xff : byte)) } : piece));
  return { ...whole, body };
}

/** Streams that do not end as they should. */
export const STREAM_FAULTS: readonly Fault[] = [
  defineFault({
    id: 'stream_cut_between_events',
    aliases: ['stream_cut'],
    title: 'The stream ends cleanly in the middle, between two events.',
    applies: STREAM,
    judgement: cut('stream_unterminated'),
    sdk: unnoticed,
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { events: toMidText }),
  }),
  defineFault({
    id: 'stream_cut_inside_event',
    title: 'The stream ends cleanly in the middle of an event.',
    applies: STREAM,
    judgement: cut('event_incomplete'),
    // openai and Google's throw a SyntaxError.
    sdk: ({ dialect }) => (dialect === 'anthropic.messages' || dialect === 'cohere.chat' ? 'silent' : undefined),
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { events: toMidText, cutInsideLast: true }),
  }),
  defineFault({
    id: 'stream_cut_before_first_event',
    title: 'The head of a stream, and its clean end: not one event.',
    applies: STREAM,
    judgement: cut('stream_unterminated'),
    sdk: unnoticed,
    play: (call, dialect) => ({ head: okHead(call, dialect), framing: 'chunked', owed: 0, body: [], pauseMs: 0, ending: 'complete', short: true }),
  }),
  defineFault({
    id: 'stream_cut_before_finish',
    title: 'The stream ends cleanly after all of its text, before the event with the finish reason.',
    // In the responses API that event is the terminal one.
    applies: { dialects: ['openai.chat', 'anthropic.messages', 'gemini.generate_content', ...BEDROCK], modes: ['stream'] },
    judgement: cut('stream_unterminated'),
    sdk: unnoticed,
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { events: upToFinish }),
  }),
  defineFault({
    id: 'stream_cut_before_terminal',
    title: 'The stream ends cleanly after everything but its last event.',
    applies: STREAM,
    judgement: beforeTerminal,
    sdk: ({ dialect }) => (dialect === 'openai.chat' || dialect.startsWith('ollama.') ? undefined : 'silent'),
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { events: (events) => events.slice(0, -1) }),
  }),
  defineFault({
    id: 'stream_cut_in_tool_call',
    title: 'The stream ends cleanly in the middle of the arguments of a tool call.',
    applies: TOOL_STREAM,
    judgement: { ...cut('stream_unterminated', 'tool_arguments_incomplete'), invalidToolCalls: 1 },
    sdk: unnoticed,
    play: (call, dialect) => streamReply(TOOL_ANSWER, call, dialect, { events: toMidToolCall }),
  }),
  defineFault({
    id: 'stream_close_delimited_cut',
    title: 'The stream has no framing but the end of the connection, which comes in the middle, between two events.',
    applies: STREAM,
    judgement: cut('stream_unterminated'),
    sdk: unnoticed,
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { events: toMidText, framing: 'close' }),
  }),
  defineFault({
    id: 'stream_close_delimited_reset',
    title: 'The stream has no framing but the end of the connection, which is reset in the middle, between two events.',
    applies: STREAM,
    judgement: LOST,
    whenResetIsHidden: cut('stream_unterminated'),
    sdk: unnoticed,
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { events: toMidText, framing: 'close', ending: 'reset' }),
  }),
  defineFault({
    id: 'stream_fin',
    title: 'The connection is closed in the middle of a chunked stream, without the last chunk.',
    applies: STREAM,
    judgement: LOST,
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { events: toMidText, ending: 'fin' }),
  }),
  defineFault({
    id: 'stream_reset',
    title: 'The connection is reset in the middle of the stream, between two events.',
    applies: STREAM,
    judgement: LOST,
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { events: toMidText, ending: 'reset' }),
  }),
  defineFault({
    id: 'stream_reset_inside_event',
    title: 'The connection is reset in the middle of an event.',
    applies: STREAM,
    judgement: LOST,
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { events: toMidText, cutInsideLast: true, ending: 'reset' }),
  }),
  defineFault({
    id: 'stream_reset_before_first_event',
    title: 'The head of a stream, then a reset: not one event.',
    applies: STREAM,
    judgement: LOST,
    play: (call, dialect) => ({ head: okHead(call, dialect), framing: 'chunked', owed: 0, body: [], pauseMs: 0, ending: 'reset' }),
  }),
  defineFault({
    id: 'stream_reset_in_tool_call',
    title: 'The connection is reset in the middle of the arguments of a tool call.',
    applies: TOOL_STREAM,
    judgement: { ...LOST, truncation: ['connection_lost', 'tool_arguments_incomplete'], invalidToolCalls: 1 },
    play: (call, dialect) => streamReply(TOOL_ANSWER, call, dialect, { events: toMidToolCall, ending: 'reset' }),
  }),
  defineFault({
    id: 'stream_reset_after_terminal',
    title: 'All of the stream, its last event included, then a reset: nothing is lost.',
    applies: STREAM,
    judgement: HEALTHY,
    sdk: readsOn,
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { ending: 'reset' }),
  }),
  defineFault({
    id: 'stream_fin_after_terminal',
    title: 'All of the stream, its last event included, then the connection is closed without the last chunk: nothing is lost.',
    applies: STREAM,
    judgement: HEALTHY,
    sdk: readsOn,
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { ending: 'fin' }),
  }),
  defineFault({
    id: 'stream_stall',
    title: 'Silence in the middle of the stream: the connection stays open and nothing more comes.',
    applies: STREAM,
    judgement: STALLED,
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { events: toMidText, ending: 'hang' }),
  }),
  defineFault({
    id: 'stream_error_event',
    title: 'The provider breaks off in the middle with an error event: it failed.',
    applies: STREAM,
    judgement: SERVER_ERROR,
    // In Cohere's it is the usual last event, with a finish reason of its own.
    sdk: ({ dialect }) => (dialect.startsWith('cohere.') ? 'silent' : undefined),
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { events: (events) => [...toMidText(events), dialect.errorEvent('server_error', call)] }),
  }),
  defineFault({
    id: 'stream_overloaded_event',
    title: 'The provider breaks off in the middle with an error event: it is overloaded.',
    applies: { dialects: ['anthropic.messages', 'gemini.generate_content', ...BEDROCK], modes: ['stream'] },
    judgement: { failed: true, class: 'overloaded', origin: 'provider', retryable: true },
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { events: (events) => [...toMidText(events), dialect.errorEvent('overloaded', call)] }),
  }),
  defineFault({
    id: 'stream_unparseable_event',
    title: 'One event in the middle is not JSON; the stream goes on to its proper end.',
    // Replicate's hold plain text.
    applies: { dialects: FINISHING, modes: ['stream'] },
    judgement: malformed('provider'),
    // Ollama's SDK passes the line over, with a word on the console.
    sdk: ({ dialect }) => (dialect.startsWith('ollama.') ? 'silent' : undefined),
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { events: spoilt }),
  }),
  defineFault({
    id: 'stream_bad_checksum',
    title: 'One message of a binary stream has a checksum that does not hold; the stream goes on to its proper end.',
    applies: { dialects: BEDROCK, modes: ['stream'] },
    judgement: malformed('provider'),
    play: miscounted,
  }),
];
