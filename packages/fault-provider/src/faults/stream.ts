import type { WireEvent } from '../wire/sse.ts';
import { streamReply, textAnswer } from './answers.ts';
import { defineFault } from './define.ts';
import { type Fault, GENERATING, type Judgement } from './fault.ts';

const STREAM = { dialects: GENERATING, modes: ['stream'] } as const;
const LOST: Judgement = { failed: true, class: 'truncated_response', origin: 'network', retryable: true, truncation: ['connection_lost'] };
/** The provider signed the answer and its framing is whole, so the end came from its side. A proxy in between that cuts just as cleanly cannot be told from it. */
const CUT: Judgement = { failed: true, class: 'truncated_response', origin: 'provider', retryable: true, truncation: ['stream_unterminated'] };

/** The events up to half of the text: something was delivered, and something is missing. */
function toMidText(events: readonly WireEvent[]): readonly WireEvent[] {
  const texts = events.flatMap((event, i) => (event.role === 'text' ? [i] : []));
  return events.slice(0, (texts[Math.floor(texts.length / 2) - 1] ?? 0) + 1);
}

/** Streams that do not end as they should. */
export const STREAM_FAULTS: readonly Fault[] = [
  defineFault({
    id: 'stream_cut_between_events',
    aliases: ['stream_cut'],
    title: 'The stream ends cleanly in the middle, between two events.',
    applies: STREAM,
    judgement: CUT,
    silentIn: () => ['openai', '@anthropic-ai/sdk', '@google/genai'],
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { events: toMidText }),
  }),
  defineFault({
    id: 'stream_reset',
    title: 'The connection is reset in the middle of the stream.',
    applies: STREAM,
    judgement: LOST,
    play: (call, dialect) => streamReply(textAnswer(call), call, dialect, { events: toMidText, ending: 'reset' }),
  }),
];
