import type { DialectId } from '@outspan/core';
import type { Said } from '../wire/said.ts';
import type { WireEvent } from '../wire/sse.ts';
import type { Answer } from './answer.ts';
import type { Call } from './call.ts';

/** An error that every provider has, each in its own words. */
export type ErrorKind =
  | 'server_error'
  | 'unavailable'
  | 'overloaded'
  | 'rate_limited'
  | 'quota_exhausted'
  | 'payment_required'
  | 'unauthenticated'
  | 'permission_denied'
  | 'model_not_found'
  | 'context_length_exceeded'
  | 'content_filtered'
  | 'invalid_request'
  | 'unprocessable'
  | 'conflict'
  | 'request_too_large';

/** How a provider speaks. One file each. */
export interface WireDialect {
  readonly id: DialectId;
  /** The media type of its streams, where they are documents one a line. */
  readonly streamsLines?: string;
  /** The headers that every answer of the provider itself carries. */
  headers(call: Call): Readonly<Record<string, string>>;
  /** What its streams are made of, where that is not server-sent events. */
  readonly stream?: 'frames';
  /** The headers that a rate limit adds: nothing remains. */
  exhausted(call: Call): Readonly<Record<string, string>>;
  /** What the members of a document are called that say who answered, how it ended and what it cost. */
  readonly members: { readonly id: string; readonly model: string; readonly finish: string; readonly usage: string };
  /** What is answered to a request that only begins a call, whose answer others ask for. */
  opening?(call: Call): { readonly status: number; readonly json: object; readonly says: Partial<Said> };
  /** The whole answer. */
  document(answer: Answer, call: Call): { readonly json: object; readonly says: Said };
  /** The whole answer of a dialect that answers with media in place of a document. */
  media?(call: Call): { readonly type: string; readonly bytes: Uint8Array };
  /** The answer as events, the terminal one included. Empty where the dialect has no streams. */
  events(answer: Answer, call: Call): readonly WireEvent[];
  /** The body of an error answer. */
  error(kind: ErrorKind, status: number, call: Call): unknown;
  /** The headers that an error adds. */
  errorHeaders?(kind: ErrorKind): Readonly<Record<string, string>>;
  /** An error as an event of a stream that has begun. */
  errorEvent(kind: ErrorKind, call: Call): WireEvent;
}
