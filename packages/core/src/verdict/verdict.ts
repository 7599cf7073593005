import type { ProviderError } from '../dialects/dialect.ts';
import type { ErrorClass, Origin, Phase, TruncationKind } from './vocabulary.ts';

/** What a failure amounts to. */
export interface ErrorFacts {
  /** The coarse, closed class: for alerts. */
  readonly class: ErrorClass;
  /** Whose side it is on. */
  readonly origin: Origin;
  /** The fine, low-cardinality identifier for `error.type`: provider's code, else its type, else HTTP status, else transport code, else the class. */
  readonly type: string;
  /** Would the same request be worth sending again. */
  readonly retryable: boolean;
  /** For a deadline that passed: which one. */
  readonly phase?: Phase;
}

/** What one attempt's evidence amounts to. */
export type Verdict =
  /**
   * `success`: the answer was whole (or cut short only as the caller asked: `token_limit`).
   * `cancelled`: the caller stopped it before it was whole. `abandoned`: nobody saw its end.
   */
  | { readonly outcome: 'success' | 'cancelled' | 'abandoned'; readonly truncation?: readonly TruncationKind[]; readonly invalidToolCalls: number }
  /** It failed, whether or not the application was told. */
  | { readonly outcome: 'failure'; readonly error: ErrorFacts; readonly truncation?: readonly TruncationKind[]; readonly invalidToolCalls: number };

/** What a whole operation amounts to: the same words as for an attempt. */
export type OperationVerdict = Verdict;

/** A class with what differs from the class's usual traits. */
export interface ClassFacts {
  readonly class: ErrorClass;
  readonly origin?: Origin;
  readonly retryable?: boolean;
  readonly phase?: Phase;
}

/** What is read off an error that an SDK threw; see `readSdkError`. */
export interface SdkErrorFacts {
  /** Names it goes by, most telling first: its constructor's, its `name`, then those of its causes. */
  readonly names: readonly string[];
  /** The provider's code, type, message and HTTP status, where the SDK copied them onto the error. */
  readonly provider: ProviderError;
  /** The transport's codes, from the error itself and its causes. */
  readonly transportCodes: readonly string[];
}

/** What the boundary of an operation says of how the call came out for the application. */
export type BoundarySignal =
  /**
   * The SDK handed out a result, threw, or was stopped by the caller. `cancelled` is for an answer of which the
   * caller did not get the end. `left`: the caller reads no more of a stream that the SDK handed out, and the bytes
   * tell whether that was its end.
   */
  | { readonly by: 'sdk'; readonly result: 'returned' | 'left' | 'cancelled' | { readonly threw: SdkErrorFacts } }
  /** No SDK was asked: only the wire speaks. */
  | { readonly by: 'wire' };
