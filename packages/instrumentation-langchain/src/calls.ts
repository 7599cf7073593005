import { context } from '@opentelemetry/api';
import { guard, readSdkError } from '@outspan/core';
import type { InterpretAbort, PendingCall } from '@outspan/core';
import { interpose, isDeadline, isFunction, isObject, isSignal } from '@outspan/sdk-boundary';
import type { AnyFunction, Sdk, SdkTracing, Signal, SignalLike } from '@outspan/sdk-boundary';
import { CORE } from './versions.ts';

/**
 * `AsyncCaller` is the loop through which every model of every provider's package sends its requests, and tries them again: chat
 * models, completion models and embeddings alike, from core 0.3 to 1. (LangChain's callbacks know a call as well, but not
 * embeddings, and give it no context that its requests could be found by; and a handler that is added changes what the
 * application gets: messages without an id of the provider's receive one.)
 */
export const CALLS: Sdk = {
  ...CORE,
  files: ['@langchain/core/dist/utils/async_caller.js', '@langchain/core/dist/utils/async_caller.cjs'],
  targets(exports) {
    const caller = isObject(exports) ? exports['AsyncCaller'] : undefined;
    const prototype: unknown = isFunction(caller) ? caller.prototype : undefined;
    return isObject(prototype) && isFunction(prototype['call']) && isFunction(prototype['callWithOptions']) ? [prototype] : [];
  },
  observe(prototype, tracing) {
    const calls = new Calls(tracing);
    const leave = [
      interpose(prototype, 'call', ({ args, run }) => calls.run(args, 0, run)),
      interpose(prototype, 'callWithOptions', ({ args, run }) => calls.run(args, 1, run, signalIn(args[0]))),
    ];
    return () => {
      for (const one of leave) one?.();
    };
  },
};

class Calls {
  readonly #tracing: SdkTracing;
  /** What stands for the application's functions: one method of the caller hands it to another. */
  readonly #followed = new WeakSet<AnyFunction>();

  constructor(tracing: SdkTracing) {
    this.#tracing = tracing;
  }

  /** @param at where among the arguments the function is that makes one try */
  run(args: readonly unknown[], at: number, run: (args?: readonly unknown[]) => unknown, signal?: SignalLike): unknown {
    const attempt = args[at];
    if (!isFunction(attempt) || this.#followed.has(attempt)) return run();
    const pending = guard('entering a call', () => this.#tracing.expect(signal && interpretAbortBy(signal)));
    if (pending === undefined) return run();
    const followed = follow(attempt, pending);
    this.#followed.add(followed);
    const result = run(args.with(at, followed));
    if (!(result instanceof Promise)) {
      pending.settle(RETURNED);
      return result;
    }
    // The caller gets the derived promise and nobody else holds one: a rejection stays as handled, or as unhandled, as it was.
    return result.then(
      (value: unknown) => {
        guard('ending a call', () => pending.settle(RETURNED));
        return value;
      },
      (error: unknown) => {
        guard('ending a call', () => pending.settle(signalOf(error, signal)));
        throw error;
      },
    );
  }
}

const RETURNED: Signal = { by: 'sdk', result: 'returned' };

/** The tries wait in a queue, which goes on in the context of whichever call came to its end before. */
function follow(attempt: AnyFunction, pending: PendingCall): AnyFunction {
  return function (...args) {
    pending.nextTry();
    return context.with(pending.context, () => Reflect.apply(attempt, this, args));
  };
}

function signalIn(options: unknown): SignalLike | undefined {
  const signal = isObject(options) ? options['signal'] : undefined;
  return isSignal(signal) ? signal : undefined;
}

function interpretAbortBy(signal: SignalLike): InterpretAbort {
  return () => (signal.aborted ? (isDeadline(signal) ? 'deadline' : 'caller') : undefined);
}

function signalOf(error: unknown, signal: SignalLike | undefined): Signal {
  if (signal?.aborted !== true) return { by: 'sdk', result: { threw: readSdkError(error) } };
  return { by: 'sdk', result: isDeadline(signal) ? { threw: readSdkError(signal.reason) } : 'cancelled' };
}
