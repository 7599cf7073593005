import type { Context } from '@opentelemetry/api';
import { now } from '../clock.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { BoundarySignal } from '../verdict/verdict.ts';
import { withPendingCall } from './context.ts';
import type { InterpretAbort, Operation } from './operation.ts';

/**
 * A framework's loop around one call, which it tries again where it failed: what is sent in its context, try after try, is one
 * operation. Whether anything will be, the loop cannot say, so the operation starts with the first exchange or the first SDK
 * call in it; a loop with neither leaves no trace.
 *
 * The loop may run code of the application's, which makes calls of its own: what follows, within one try, an exchange that went
 * well is another call.
 */
export class PendingCall {
  /** The context that the loop was entered in. */
  readonly parent: Context;
  /** The context to run the tries in. */
  readonly context: Context;
  /** Monotonic milliseconds. */
  readonly startedAt: number = now();
  /** Whose an abort is, where the framework can tell. */
  readonly interpretAbort: InterpretAbort | undefined;
  /** The SDK makes a span for each try: that of the first is the operation's. */
  readonly hasTrySpans: boolean;
  #operation: Operation | undefined;
  /** Nothing was sent yet in the try under way. */
  #fresh = true;
  #settled = false;

  /** What the framework calls the model. */
  readonly model: string | undefined;

  constructor(parent: Context, interpretAbort: InterpretAbort | undefined, hasTrySpans = false, model?: string) {
    this.parent = parent;
    this.context = withPendingCall(parent, this);
    this.interpretAbort = interpretAbort;
    this.hasTrySpans = hasTrySpans;
    this.model = model;
  }

  /** Whether the next exchange, or SDK call, starts the operation. */
  get expectant(): boolean {
    return this.#operation === undefined && !this.#settled;
  }

  /** The next try begins. */
  nextTry(): void {
    this.#fresh = true;
  }

  /** The operation, if what starts now in `dialect` is part of it. */
  claim(dialect: Dialect): Operation | undefined {
    const operation = this.#operation;
    if (operation === undefined || operation.ended || this.#settled || operation.dialect?.id !== dialect.id) return undefined;
    if (!this.#fresh && !mayBeTriedAgain(operation)) return undefined;
    this.#fresh = false;
    return operation;
  }

  /** The operation has started. It ends with the loop, whatever an SDK says of a single try. */
  started(operation: Operation): void {
    this.#operation = operation;
    this.#fresh = false;
    operation.readingStarted();
  }

  /** The loop is over. */
  settle(signal: BoundarySignal): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#operation?.readingEnded(signal);
  }

  /** The reader of the stream that the loop handed out wants no more of it. */
  leave(): void {
    this.settle(LEFT);
    this.#operation?.settle(LEFT);
  }
}

const LEFT: BoundarySignal = { by: 'sdk', result: 'left' };

function mayBeTriedAgain({ last }: Operation): boolean {
  // Some clients leave the body of a refusal, or of a redirect that they follow, unread.
  if (last === undefined || (last.head?.status ?? 0) >= 300) return true;
  return last.endedAt !== undefined && last.verdict?.outcome !== 'success';
}
