import type { DialectId } from '@outspan/core';
import type { Random } from '../wire/random.ts';

/** Whether the answer is one document or a stream of events. */
export type Mode = 'unary' | 'stream';

/** A request as far as an answer depends on it. */
export interface Call {
  readonly dialect: DialectId;
  readonly mode: Mode;
  readonly model: string;
  /** OpenAI chat: the caller asked for a usage chunk. */
  readonly includeUsage: boolean;
  /** How many choices, or inputs of an embedding, were asked for. */
  readonly count: number;
  /** Embeddings: numbers per vector, and whether as base64. */
  readonly vector: { readonly dimensions: number; readonly base64: boolean };
  /** The name of the first tool on offer. */
  readonly tool: string | undefined;
  /** Structured output was asked for: the text of a healthy answer is JSON. */
  readonly structured?: boolean;
  /** Gemini's stream as a JSON array instead of events. */
  readonly arrayStream: boolean;
  /** 32 hexadecimal digits, for the provider's own id of the request. */
  readonly requestId: string;
  /** Scheme, host and port that it went to. */
  readonly origin: string;
  /** Where the request went, for errors that name it and for redirects. */
  readonly path: string;
  readonly random: Random;
  readonly now: number;
  readonly sizes: Sizes;
}

/** How much and how slowly is sent. */
export interface Sizes {
  /** Text deltas of a stream. Default 8. */
  readonly textEvents: number;
  /** Milliseconds between the events of `ok_slow`. Default 25. */
  readonly tokenDelayMs: number;
  /** Seconds in `retry-after`. Default 1. */
  readonly retryAfterSeconds: number;
  /** Bytes of text in a huge body. Default 50 MB. */
  readonly hugeBodyBytes: number;
  /** Bytes of text in the one huge event. Default 5 MB. */
  readonly hugeEventBytes: number;
}

/** What {@link Sizes} are unless told. */
export const DEFAULT_SIZES: Sizes = { textEvents: 8, tokenDelayMs: 25, retryAfterSeconds: 1, hugeBodyBytes: 50_000_000, hugeEventBytes: 5_000_000 };
