/** Tokens as a reader that follows the OpenTelemetry conventions counts them: `input` includes cached ones, `output` includes reasoning. */
export interface Tokens {
  readonly input?: number;
  readonly output?: number;
  readonly cacheRead?: number;
  readonly reasoning?: number;
}

/** How much of the usage reached the wire: all of it, none, the input's part only (Anthropic's `message_start`), or the count so far (Gemini). */
export type UsageSent = boolean | 'input_only' | 'so_far';

/**
 * What an answer said of itself. A value counts when all of it was sent, also in a document of which the rest is missing;
 * in an event that breaks off nothing counts.
 */
export interface Said {
  readonly id?: string;
  readonly model?: string;
  readonly tokens?: Tokens;
  readonly usage: UsageSent;
  /** One per choice, as the provider spells it. The responses API has none; there it is the status, or the reason of an incomplete one. */
  readonly finishReasons: readonly string[];
  /** The dialect's own proof of the end was sent: `[DONE]`, `response.completed`, `message_stop`, Gemini's `finishReason`, or a whole unary document. */
  readonly terminal: boolean;
}

/** Nothing was said. */
export const SAID_NOTHING: Said = { usage: false, finishReasons: [], terminal: false };

/** What is known after `more` has been said too. */
export function saidAlso(so: Said, more: Partial<Said> | undefined): Said {
  return more === undefined ? so : { ...so, ...more };
}
