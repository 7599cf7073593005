import type { Context, Span } from '@opentelemetry/api';
import { trace } from '../opentelemetry/providers.ts';
import { now, Timeline } from '../clock.ts';
import { guard } from '../guard.ts';
import type { AnswerFacts, Dialect, RequestFacts, Usage } from '../dialects/dialect.ts';
import { later } from '../platform/timers.ts';
import type { ProviderFacts } from '../providers/recognise.ts';
import { judgeOperation } from '../verdict/judge-operation.ts';
import { meaningOfSdkError } from '../verdict/sdk-error.ts';
import type { BoundarySignal, OperationVerdict, SdkErrorFacts } from '../verdict/verdict.ts';
import type { Boundary, Phase } from '../verdict/vocabulary.ts';
import type { Attempt } from './attempt.ts';
import { stepOf } from '../steps/context.ts';
import type { Step } from '../steps/step.ts';
import { withOperation } from './context.ts';
import { isRedirect } from './held-calls.ts';

/** How long a settled SDK call waits for the end of an exchange that the SDK let go of, in milliseconds. */
const LINGER = 1_000;

/** Says who an abort comes from that ended an exchange in `phase`; undefined where that is not known. */
export type InterpretAbort = (phase: Phase) => 'caller' | 'deadline' | undefined;

/** What an operation is about, known when it starts. */
export interface OperationSubject {
  readonly boundary: Boundary;
  /** Absent for a framework's call, which does not say how it will be sent: its first attempt does. */
  readonly dialect?: Dialect;
  /** Absent until the first attempt was read, where only the wire tells. */
  readonly request?: RequestFacts;
  /** The model by what a framework says, for requests that get nowhere and tell nothing. */
  readonly model?: string;
  /** The SDK's own span, of a `native` operation. */
  readonly adopted?: Span;
  /** The SDK's own span is that of its first try: of the others, and of the call's end, only the wire tells. */
  readonly ofFirstTry?: true;
  /** Absent where only the first attempt tells who is asked. */
  readonly provider?: ProviderFacts;
  /** Where the call goes; absent where an SDK has not said yet. */
  readonly url?: URL;
  /** The context that the application made the call in. */
  readonly parent: Context;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  /** Who an abort of the current exchange comes from, where an SDK boundary can tell. */
  readonly interpretAbort?: InterpretAbort;
}

/** What becomes of an operation outside of its own life: its telemetry and its registration. */
export interface OperationOwner {
  /** Starts, or takes over, the operation's span. */
  open(operation: Operation): Span;
  /** Its SDK's call has settled, but its provider is still at work: what asks for the rest ends it, or {@link Operation.endAsItStands}. */
  goesOn(operation: Operation, last: Attempt): void;
  /** The rest of its answer is asked for. */
  resumed(operation: Operation): void;
  /** Whether calls are counted, whatever becomes of their spans. */
  readonly counts: boolean;
  /** The operation has its verdict; called once. */
  close(operation: Operation): void;
}

/**
 * One logical call with all its automatic retries.
 *
 * An `sdk` operation ends when its call has settled and no exchange of it is under way; a `native` one when the
 * SDK ends its span; an `inferred` one, one whose SDK traces each try by itself, and one that goes on in the background, when an exchange succeeded, failed for
 * good, or was not retried in time.
 */
export class Operation {
  readonly subject: OperationSubject;
  readonly timeline: Timeline = new Timeline();
  readonly span: Span;
  /** The context for what belongs to the operation: its span is active in it. */
  readonly context: Context;
  /** How the call is sent; undefined until that is known. */
  dialect: Dialect | undefined;
  /** Who is asked; undefined until that is known. */
  provider: ProviderFacts | undefined;
  /** Where the call goes; undefined until that is known. */
  url: URL | undefined;
  /** By the SDK's call under way: a framework may make more than one. */
  interpretAbort: InterpretAbort | undefined;
  /** The workflow, agent or tool that makes the call. */
  readonly step: Step | undefined;
  attempts = 0;
  redirects = 0;
  /** Where the provider last said that the rest of its answer will be asked for. */
  rest: readonly string[] | undefined;
  /** Milliseconds spent waiting between attempts. */
  retryDelay = 0;
  /** Milliseconds after which its client is known to give an exchange up: it did, and tried again. */
  clientDeadline: number | undefined;
  last: Attempt | undefined;
  /** The newest answer that said anything: a later attempt may fail before it has one. */
  answer: AnswerFacts | undefined;
  /** What earlier answers used that a later one replaced. */
  discarded: Usage | undefined;
  endedAt: number | undefined;
  verdict: OperationVerdict | undefined;
  /** The process ended before the call did. */
  interrupted = false;
  /** Nobody came to end it. */
  abandoned = false;
  /** What its SDK threw, if that ended it. */
  threw: SdkErrorFacts | undefined;
  /** Exchanges that asked for the rest of an answer. */
  #continuations = 0;
  /** The exchange that asked the question, at its last try. */
  #asking: Attempt | undefined;
  readonly #owner: OperationOwner;
  readonly #inFlight = new Set<Attempt>();
  #signal: BoundarySignal | undefined;
  #settledAt: number | undefined;
  #reading = 0;
  #cancelLinger: (() => void) | undefined;
  /** The SDK's call has settled, and the provider works on. */
  #inBackground = false;

  constructor(subject: OperationSubject, owner: OperationOwner) {
    this.subject = subject;
    this.dialect = subject.dialect;
    this.provider = subject.provider;
    this.url = subject.url;
    this.interpretAbort = subject.interpretAbort;
    this.#owner = owner;
    this.step = stepOf(subject.parent);
    this.span = owner.open(this);
    this.context = withOperation(trace.setSpan(subject.parent, this.span), this);
  }

  get ended(): boolean {
    return this.endedAt !== undefined;
  }

  /** Whether anybody hears of it: its span, a step's above it, or who counts. */
  get recorded(): boolean {
    return this.#owner.counts || this.span.isRecording() || this.step?.recorded === true;
  }

  /**
   * Whether it is the call of a framework, which sends it by one SDK or another: whatever goes out in it belongs to it, and an
   * SDK's call in it is no operation of its own.
   */
  get ofFramework(): boolean {
    return this.subject.dialect === undefined;
  }

  /** Whether only the wire tells which tries belong to it, and where it ends. */
  get endsWithWire(): boolean {
    return this.subject.boundary === 'inferred' || this.subject.ofFirstTry === true || this.#inBackground;
  }

  /** What the request says, from the SDK or from the wire. Of a framework's call the wire knows more than the framework. */
  get request(): RequestFacts | undefined {
    const { subject } = this;
    const asking = this.#asking;
    if (subject.request === undefined || (this.ofFramework && asking?.requestSeen === true)) return withModel(asking?.request, subject.model);
    return subject.request;
  }

  /** How often the call was sent again; following a redirect is not that, nor is asking for the rest of an answer. */
  get retries(): number {
    return Math.max(0, this.attempts - this.redirects - this.#continuations - 1);
  }

  /** An exchange of this operation starts. */
  attemptStarted(attempt: Attempt): void {
    attempt.operation = this;
    attempt.number = ++this.attempts;
    const before = this.last;
    const asksForRest = this.rest !== undefined && before !== undefined && didItsPart(before);
    if (asksForRest) this.#continuations++;
    if (this.rest === undefined) this.#asking = attempt;
    attempt.resends = before === undefined || asksForRest ? 0 : before.resends + 1;
    if (!asksForRest && before?.endedAt !== undefined) this.retryDelay += Math.max(0, attempt.startedAt - before.endedAt);
    this.last = attempt;
    this.#inFlight.add(attempt);
  }

  /** An exchange of this operation was judged. */
  attemptEnded(attempt: Attempt): void {
    this.#inFlight.delete(attempt);
    const status = attempt.head?.status ?? 0;
    if (status >= 300 && status < 400) this.redirects++;
    if (attempt.answer !== undefined && (attempt.answer.recognised || this.answer === undefined)) {
      const before = this.answer;
      if (this.rest === undefined) this.discarded = totalOf(this.discarded, before?.usage);
      this.answer = this.rest === undefined || before === undefined ? attempt.answer : { ...whose(before), ...attempt.answer };
    }
    this.rest = attempt.answer?.rest ?? this.rest;
    this.#endIfSettled();
  }

  /** The SDK's call settled: with a response head (whose body may still be read), by an error, by the caller's abort, or by its leaving the stream. */
  settle(signal: BoundarySignal): void {
    if (this.ended) return;
    this.#signal = signal;
    this.#settledAt = now();
    // What still comes, if the SDK does not cancel it, comes for nobody; and where nobody takes it, it may never end.
    if (signal.by === 'sdk' && signal.result === 'left') this.#letGo(this.#settledAt);
    if (this.#reading === 0 && this.#inFlight.size > 0 && signal.by === 'sdk' && signal.result !== 'returned') {
      // The SDK gave the exchange up; its end follows at once, or never where the transport hides it.
      this.#cancelLinger ??= later(LINGER, () => this.abandon());
    }
    this.#endIfSettled();
  }

  /** The SDK starts to read the answer, or a framework its loop around the SDK; until {@link readingEnded} it may still retry. */
  readingStarted(): void {
    this.#reading++;
  }

  /** The SDK has read the answer, or failed to; the framework tries no more. */
  readingEnded(signal: BoundarySignal | undefined): void {
    this.#reading--;
    if (signal !== undefined) this.settle(signal);
    else this.#endIfSettled();
  }

  /** Ends the operation with what is known. `at`: monotonic milliseconds. */
  end(signal: BoundarySignal, at: number): void {
    if (this.ended) return;
    this.#cancelLinger?.();
    this.endedAt = at;
    if (signal.by === 'sdk' && typeof signal.result === 'object') this.threw = signal.result.threw;
    if (leadsNowhere(this.last, signal)) this.last.leaveUnfollowed();
    const last = this.last?.verdict;
    this.verdict = guard('judging a call', () => judgeOperation(last === undefined ? [] : [last], signal)) ?? last ?? { outcome: 'abandoned', invalidToolCalls: 0 };
    this.#owner.close(this);
  }

  /** The rest of its answer is asked for. */
  resume(): void {
    if (this.#inBackground) this.#owner.resumed(this);
  }

  /** Ends the operation: nobody has asked for the rest of its answer. */
  endAsItStands(): void {
    this.end(this.#signal ?? { by: 'wire' }, this.#endOfSettled());
  }

  /** Ends what nobody will end: exchanges under way are given up first. */
  abandon(): void {
    this.abandoned = true;
    // What its SDK gave up ended for the application then.
    for (const attempt of this.#inFlight) attempt.end({ by: 'abandonment' }, this.#gaveUp ? this.#settledAt : now());
    this.end(this.#signal ?? { by: 'wire' }, this.#endOfSettled());
  }

  /** Ends what the end of the process cuts off. */
  interrupt(): void {
    this.interrupted = true;
    this.abandon();
  }

  /** Exchanges under way. */
  get inFlight(): ReadonlySet<Attempt> {
    return this.#inFlight;
  }

  #letGo(at: number): void {
    for (const attempt of this.#inFlight) attempt.end({ by: 'caller' }, at);
  }

  #endIfSettled(): void {
    if (this.#signal === undefined || this.#inFlight.size > 0 || this.#reading > 0 || this.#inBackground) return;
    const { last } = this;
    if (last?.goesOn !== true) {
      this.endAsItStands();
      return;
    }
    this.#inBackground = true;
    this.#cancelLinger?.();
    this.#owner.goesOn(this, last);
  }

  /** Whether the SDK's last word is that there is no answer. */
  get #gaveUp(): boolean {
    return this.#signal?.by === 'sdk' && this.#signal.result !== 'returned';
  }

  #endOfSettled(): number {
    return (this.#gaveUp ? this.#settledAt : undefined) ?? this.last?.endedAt ?? this.#settledAt ?? now();
  }
}

/** Whether the last answer is a redirect whose target the client found nothing to ask at: too many of them, or a URL that is none. */
function leadsNowhere(last: Attempt | undefined, signal: BoundarySignal): last is Attempt {
  if (last === undefined || !isRedirect(last) || signal.by !== 'sdk' || typeof signal.result !== 'object') return false;
  const { threw } = signal.result;
  const meaning = meaningOfSdkError(threw);
  if (meaning.kind === 'cancelled' || (threw.provider.status ?? 0) >= 400) return false;
  // A target that was asked without a body, and did not answer, is in the error alone.
  return meaning.kind !== 'failure' || (meaning.transportCode === undefined && meaning.facts.class !== 'timeout');
}

function withModel(request: RequestFacts | undefined, model: string | undefined): RequestFacts | undefined {
  return request === undefined || request.model !== undefined || model === undefined ? request : { ...request, model };
}

/** Whether it brought a part of an answer, or is about to. */
function didItsPart({ answer, endedAt, head }: Attempt): boolean {
  return endedAt === undefined ? head !== undefined && head.status < 300 : answer?.rest !== undefined;
}

/** Who answers is not said again in every part of an answer. */
function whose({ id, model }: AnswerFacts): Pick<AnswerFacts, 'id' | 'model'> {
  return { ...(id !== undefined && { id }), ...(model !== undefined && { model }) };
}

function totalOf(one: Usage | undefined, other: Usage | undefined): Usage | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { input: (one.input ?? 0) + (other.input ?? 0), output: (one.output ?? 0) + (other.output ?? 0) };
}
