import { createContextKey } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { announce, context, guard } from '@outspan/core';
import { isDeadline, isObject, isSignal, telling } from '@outspan/sdk-boundary';
import type { MethodCall } from '@outspan/sdk-boundary';

/** How a run came out. */
export type RunEnd = 'returned' | 'cancelled' | { readonly error: unknown };

const OUTCOME = createContextKey('outspan.openai-agents.run.v1');

/** What comes of one call of `run()`. The SDK tells its trace processors of an error no more than the message, and of the end of a run that fails nothing. */
export class RunOutcome {
  /** Whether the run is one of no trace but its own. */
  readonly alone: boolean;
  /** Whether the SDK has told of anything in it. */
  told = false;
  #end: RunEnd | undefined;
  #stream: Readonly<Record<string, unknown>> | undefined;
  readonly #waiting: ((end: RunEnd) => void)[] = [];

  constructor(alone: boolean) {
    this.alone = alone;
  }

  /** By now. */
  get end(): RunEnd | undefined {
    return this.#end;
  }

  /** Whether its caller has let go of its stream. */
  get left(): boolean {
    return this.#stream?.['cancelled'] === true;
  }

  /** Tells how the run came out, when it has; those who asked last are told first. */
  whenEnded(tell: (end: RunEnd) => void): void {
    if (this.#end === undefined) this.#waiting.push(tell);
    else tell(this.#end);
  }

  settle(end: RunEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    for (const tell of this.#waiting.splice(0).toReversed()) guard('ending a run', () => tell(end));
  }

  /** The same for a run whose events its caller is reading. */
  follow(stream: Readonly<Record<string, unknown>>): void {
    this.#stream = stream;
    const { completed } = stream;
    if (!(completed instanceof Promise)) return;
    // The SDK sees to it itself that nobody has to handle this rejection.
    void completed.then(
      () => this.settle(this.left ? 'cancelled' : 'returned'),
      (error: unknown) => this.settle(this.left ? 'cancelled' : { error }),
    );
  }
}

/** The run that a context belongs to. */
export function outcomeIn(active: Context): RunOutcome | undefined {
  const value = active.getValue(OUTCOME);
  return value instanceof RunOutcome ? value : undefined;
}

/** Runs `Runner.run()` so that what it tells, or others of it, is known to be this run's. */
export function followRun({ args: [, , options], run }: MethodCall, inTrace: () => boolean): unknown {
  const outcome = guard('following a run', () => new RunOutcome(!inTrace()));
  if (outcome === undefined) return run();
  const result = context.with(context.active().setValue(OUTCOME, outcome), run);
  if (!(result instanceof Promise)) return result;
  const signal = isObject(options) && isSignal(options['signal']) ? options['signal'] : undefined;
  return telling(result, 'ending a run', {
    came(value) {
      if (isObject(value) && isObject(options) && options['stream'] === true) outcome.follow(value);
      else outcome.settle('returned');
      announceSilence(outcome);
    },
    failed(error) {
      // A deadline of the caller's is a failure, an abort is none.
      if (signal?.aborted === true) outcome.settle(isDeadline(signal) ? { error: signal.reason } : 'cancelled');
      else outcome.settle({ error });
      announceSilence(outcome);
    },
  });
}

function announceSilence({ alone, told }: RunOutcome): void {
  if (!alone || told) return;
  announce(
    '@openai/agents:tracing-off',
    'Tracing of @openai/agents is off: its model calls are traced, its agents, tools and handoffs are not. To keep it from sending traces to OpenAI and still see these, leave it on and call setTraceProcessors([]).',
  );
}
