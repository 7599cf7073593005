import type { Context } from '@opentelemetry/api';
import { context, guard, readSdkError, telling } from '@outspan/core';
import type { CallTracker, Dialect, FrameworkCall, InterpretAbort, Operation, PendingCall, SdkCall, Step, StepStart } from '@outspan/core';
import { CarriedContext } from './carried-context.ts';
import { observeIteration } from './iteration.ts';
import type { SignalLike } from './shape.ts';
import { LEFT, RETURNED, stoppedBy } from './signal.ts';
import type { Signal } from './signal.ts';
import { Stops } from './stops.ts';
import type { TimerScope } from './stops.ts';

/** An LLM call, as the arguments of an SDK's method describe it. */
export interface DescribedCall {
  readonly dialect: Dialect;
  /** The request's members by their names on the wire. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly url: URL;
  /** What its caller can abort it by. */
  readonly signal?: SignalLike | undefined;
  /** What the SDK's own timer covers; absent where it covers no stream. */
  readonly timer?: TimerScope;
}

/** A workflow, an agent or a tool, as the arguments of a framework's method describe it. */
export type DescribedStep = Omit<StepStart, 'parent'>;

/** What a step came to, and what went out of it, for opted-in content. */
type StepEnd = Parameters<Step['end']>;

/** Reads how a step went. */
export interface StepOutcome {
  /** By what came; of a stream, when it has ended. */
  readonly came?: (value: unknown) => StepEnd;
  readonly failed?: (error: unknown) => StepEnd;
}

/** Starts the operations of one SDK's calls, and follows each to its end. */
export class SdkTracing {
  readonly tracker: CallTracker;
  readonly #starting: () => void;
  readonly #carriedContext: CarriedContext;

  /**
   * @param name of the SDK, for what is announced
   * @param starting called before each operation starts
   */
  constructor(tracker: CallTracker, name: string, starting: () => void) {
    this.tracker = tracker;
    this.#starting = starting;
    this.#carriedContext = new CarriedContext(name);
  }

  /**
   * Starts the operation of a call, in the active context. Whoever asks for it sees to it that it settles.
   *
   * @returns undefined where nothing is to be traced, or no context manager would lead its attempts to it
   */
  start(call: Omit<SdkCall, 'context'> | Omit<FrameworkCall, 'context'>): Operation | undefined {
    return this.#ready() ? this.tracker.startOperation({ ...call, context: context.active() }) : undefined;
  }

  /**
   * Enters a framework's loop around a call, in the active context: see `PendingCall`. Whoever enters it sees to it that it settles.
   *
   * @param interpretAbort says whose an abort is, where the framework can tell
   * @param hasTrySpans the SDK makes a span for each try, the first of which is to stand for the call
   * @returns undefined where nothing is to be traced, or no context manager would lead what is sent to it
   */
  expect(interpretAbort?: InterpretAbort, hasTrySpans = false): PendingCall | undefined {
    return this.#ready() ? this.tracker.expectCall({ context: context.active(), hasTrySpans, ...(interpretAbort && { interpretAbort }) }) : undefined;
  }

  #ready(): boolean {
    const ready = this.#carriedContext.check();
    if (ready) this.#starting();
    return ready;
  }

  /**
   * Runs a method that promises an answer, or a stream of it, as one operation: it ends when the promise has settled and what
   * was handed out has been read, let go of, or lost. Only for methods that return promises of the language's own class: of a
   * subclass, what it adds would be lost, so that its call must be followed further inside.
   *
   * @param describe reads the arguments; undefined where it is no LLM call
   */
  run(describe: () => DescribedCall | undefined, method: () => unknown): unknown {
    const call = guard('starting a call', () => this.#begin(describe));
    return call === undefined ? method() : call.promise(method);
  }

  /**
   * The same for a method that returns an async iterable at once and makes its request when that is first read: so late its
   * operation starts, and it ends with the reading.
   */
  iterate(describe: () => DescribedCall | undefined, method: () => unknown): unknown {
    const stream = method();
    let call: FollowedCall | undefined;
    let begun = false;
    guard('observing a stream', () =>
      observeIteration(stream, {
        step: (run) => {
          if (!begun) {
            begun = true;
            call = guard('starting a call', () => this.#begin(describe));
          }
          return call === undefined ? run() : call.inside(run);
        },
        ended: () => call?.settle(RETURNED),
        failed: (error) => call?.settle(call.signalOf(error)),
        left: () => call?.leave(),
      }),
    );
    return stream;
  }

  /**
   * Runs a method that promises its result as a step: a workflow, an agent or a tool at work. Calls and steps inside are beneath it.
   *
   * @param describe says what starts; undefined where it is nothing to be recorded
   * @param outcome reads from what came, or was thrown, how it went; by default what was thrown failed
   */
  runStep(describe: () => DescribedStep | undefined, method: () => unknown, outcome: StepOutcome = {}): unknown {
    const step = this.#describedStep(describe, context.active());
    if (step === undefined) return method();
    let result: unknown;
    try {
      result = context.with(step.context, method);
    } catch (error) {
      endStep(step, () => failed(outcome, error));
      throw error;
    }
    if (!(result instanceof Promise)) {
      endStep(step, () => came(outcome, result));
      return result;
    }
    return telling(result, 'ending a step', {
      came: (value) => endStep(step, () => came(outcome, value)),
      failed: (error) => endStep(step, () => failed(outcome, error)),
    });
  }

  /** The same for a method that returns an async iterable and works while that is read. It is beneath what the method was called in. */
  iterateStep(describe: () => DescribedStep | undefined, method: () => unknown, outcome: StepOutcome = {}): unknown {
    const stream = method();
    const parent = context.active();
    let step: Step | undefined;
    let begun = false;
    guard('observing a stream', () =>
      observeIteration(stream, {
        step: (run) => {
          if (!begun) {
            begun = true;
            step = this.#describedStep(describe, parent);
          }
          return step === undefined ? run() : context.with(step.context, run);
        },
        ended: () => step?.end(...came(outcome, undefined)),
        failed: (error) => step?.end(...failed(outcome, error)),
        left: () => step?.end('cancelled'),
      }),
    );
    return stream;
  }

  /**
   * Starts a step, in `parent`. Whoever asks for it sees to it that it ends.
   *
   * @returns undefined where nothing is to be traced
   */
  startStep(described: DescribedStep, parent: Context): Step | undefined {
    return this.#ready() ? this.tracker.steps.start({ ...described, parent }) : undefined;
  }

  #describedStep(describe: () => DescribedStep | undefined, parent: Context): Step | undefined {
    return guard('starting a step', () => {
      const described = describe();
      return described && this.startStep(described, parent);
    });
  }

  #begin(describe: () => DescribedCall | undefined): FollowedCall | undefined {
    const described = describe();
    if (described === undefined) return undefined;
    const { dialect, parameters, signal, timer, url } = described;
    const stops = new Stops(signal, timer);
    const operation = this.start({ dialect, parameters, url, interpretAbort: (phase) => stops.interpret(phase) });
    return operation && new FollowedCall(operation, stops);
  }
}

/** One call of the application, from the SDK's method to its end. */
class FollowedCall {
  readonly #operation: Operation;
  readonly #stops: Stops;

  constructor(operation: Operation, stops: Stops) {
    this.#operation = operation;
    this.#stops = stops;
  }

  inside(run: () => unknown): unknown {
    return context.with(this.#operation.context, run);
  }

  promise(method: () => unknown): unknown {
    let result: unknown;
    this.#stops.reading++;
    try {
      result = this.inside(method);
    } catch (error) {
      this.#came(() => this.signalOf(error));
      throw error;
    }
    if (!(result instanceof Promise) || result.constructor !== Promise) {
      this.#came(() => RETURNED);
      return result;
    }
    return telling(result, 'ending a call', {
      came: (value) => {
        this.#came(() => RETURNED);
        guard('observing a stream', () => observeIteration(value, { left: () => this.leave() }));
      },
      failed: (error) => this.#came(() => this.signalOf(error)),
    });
  }

  settle(signal: Signal): void {
    this.#operation.settle(signal);
  }

  /** Its reader leaves the stream. Not every SDK cancels the response then, and of one that does, only this tells whose the abort is. */
  leave(): void {
    this.#stops.left = true;
    this.#operation.settle(LEFT);
  }

  /** What an error says that the SDK threw: an abort is the caller's where the caller's signal has fired, else a deadline of the SDK's. */
  signalOf(error: unknown): Signal {
    const stopped = stoppedBy(this.#stops.aborted());
    if (stopped !== undefined) return stopped;
    const facts = readSdkError(error);
    // An abort that nobody asked for is that of the SDK's timer.
    const late = facts.names[0] === 'AbortError' && this.#stops.timed ? { ...facts, names: ['TimeoutError', ...facts.names] } : facts;
    return { by: 'sdk', result: { threw: late } };
  }

  #came(signal: () => Signal): void {
    this.#stops.reading--;
    guard('ending a call', () => this.#operation.settle(signal()));
  }
}

function came(outcome: StepOutcome, value: unknown): StepEnd {
  return outcome.came?.(value) ?? ['returned'];
}

function failed(outcome: StepOutcome, error: unknown): StepEnd {
  return outcome.failed?.(error) ?? [{ threw: readSdkError(error) }];
}

function endStep(step: Step, end: () => StepEnd): void {
  guard('ending a step', () => step.end(...end()));
  // Whatever went wrong in reading how it went, what was started ends.
  step.end('returned');
}
