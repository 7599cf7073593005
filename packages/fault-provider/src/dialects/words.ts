import { type Answer, HALF_ARGUMENTS, isStockText } from './answer.ts';
import type { WireDialect } from './wire-dialect.ts';

/** What a session's answers say in place of the stock words, so that a test finds it again wherever it gets to. */
export interface Words {
  /** The text of answers, cut into as many pieces as the stock text has. */
  readonly text?: string;
  /** The arguments of tool calls, a JSON object. Half a call has the first half. */
  readonly toolArguments?: string;
  /** Is added to the message of every error, as providers echo what they were sent. */
  readonly echo?: string;
  /** Headers of every answer, gateways' among them. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The dialect, with words of a session's own. */
export function inWords(words: Words, dialect: WireDialect): WireDialect {
  const { echo } = words;
  return {
    ...dialect,
    document: (answer, call) => dialect.document(saying(words, answer), call),
    events: (answer, call) => dialect.events(saying(words, answer), call),
    ...(echo !== undefined && {
      error: (kind, status, call) => echoing(echo, dialect.error(kind, status, call)),
      errorEvent(kind, call) {
        const event = dialect.errorEvent(kind, call);
        return { ...event, data: JSON.stringify(echoing(echo, JSON.parse(event.data))) };
      },
    }),
  };
}

function saying({ text, toolArguments }: Words, answer: Answer): Answer {
  return {
    ...answer,
    ...(text !== undefined && { text: replaced(answer.text, text) }),
    ...(toolArguments !== undefined && answer.toolCall && { toolCall: { json: answer.toolCall.json === HALF_ARGUMENTS ? toolArguments.slice(0, toolArguments.length / 2) : toolArguments } }),
  };
}

/** Pieces that are no stock text stay: what makes a body huge is theirs. */
function replaced(pieces: readonly string[], text: string): readonly string[] {
  const stock = pieces.filter(isStockText).length;
  const length = Math.ceil(text.length / Math.max(1, stock));
  let place = 0;
  return pieces.map((piece) => (isStockText(piece) ? text.slice(place++ * length, place * length) : piece));
}

/** A copy in which every `message` or `detail` of an error goes on with the echo. */
function echoing(echo: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => echoing(echo, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, (name === 'message' || name === 'detail') && typeof member === 'string' ? `${member} ${echo}` : echoing(echo, member)]));
}
