import type { Boundary, ErrorClass, Origin, Phase, TruncationKind } from '@outspan/core';
import type { Tokens } from '@outspan/fault-provider';

/** What has to be true of a failure. */
export interface ExpectedFailure {
  /** Any of these. More than one only where the exceptions say why. */
  readonly class: readonly ErrorClass[];
  readonly origin: readonly Origin[];
  /** Absent: not looked at. */
  readonly retryable?: boolean;
  readonly phase?: Phase;
}

/** How an attempt or an operation went. */
export type ExpectedEnd =
  /** `status` is not looked at where `sdkStatus` says that the span is the SDK's own, which wrote a failure of its own to it. `orCancelled`: which of both it is is chance. */
  { readonly outcome: 'success'; readonly sdkStatus?: true; readonly orCancelled?: true } | { readonly outcome: 'cancelled' } | ({ readonly outcome: 'failure' } & ExpectedFailure);

/** What has to be true of an attempt's span. */
export interface ExpectedAttempt {
  /** Absent when no head came. */
  readonly status?: number;
  /** How often what it sends was sent before. */
  readonly resends: number;
  readonly end: ExpectedEnd;
  /** `false`: not looked at. */
  readonly truncation: readonly TruncationKind[] | false;
}

/** What has to be true of an operation's span. */
export interface ExpectedOperation {
  readonly boundary: Boundary;
  readonly end: ExpectedEnd;
  /** `false`: not looked at. */
  readonly truncation: readonly TruncationKind[] | false;
  readonly retryCount: number;
  readonly responseId?: string | undefined;
  readonly responseModel?: string | undefined;
  /** `false`: not looked at. Counts that are absent have to be absent. */
  readonly tokens: Tokens | false;
  /** `false`: not looked at. */
  readonly finishReasons: readonly string[] | false;
  readonly invalidToolCalls: number;
}

/** What has to be true of the spans of a cell. */
export interface Expectation {
  /** One entry for each operation span: one, unless the exceptions say why not. */
  readonly operations: readonly ExpectedOperation[];
  /** In order. */
  readonly attempts: readonly ExpectedAttempt[];
  /** Nothing tells that the attempts are of one call: each is an operation of its own. */
  readonly separately?: true;
  /** Names of the spans that the SDK makes by itself beside that of the call. */
  readonly around?: RegExp;
  /** The prompt stands in a span that the SDK made by itself. */
  readonly recordsContent?: true;
}
