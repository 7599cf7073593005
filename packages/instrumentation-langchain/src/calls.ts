import { createContextKey } from '@opentelemetry/api';
import { context, guard } from '@outspan/core';
import type { InterpretAbort, PendingCall } from '@outspan/core';
import { interpose, isDeadline, isFunction, isObject, isSignal, observeIteration, RETURNED, stoppedBy, telling, threw } from '@outspan/sdk-boundary';
import type { AnyFunction, Sdk, SdkTracing, SignalLike } from '@outspan/sdk-boundary';
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
    const signals = new WeakMap<AnyFunction, SignalLike>();
    // `callWithOptions` stops waiting when its signal fires, but the loop in it goes on: it is the loop that makes requests.
    const [loop, at] = 'callWithRetries' in prototype ? (['callWithRetries', 1] as const) : (['call', 0] as const);
    const leave = [
      interpose(prototype, 'callWithOptions', ({ args: [options, attempt], run }) => {
        const signal = isObject(options) ? options['signal'] : undefined;
        if (isSignal(signal) && isFunction(attempt)) signals.set(attempt, signal);
        return run();
      }),
      interpose(prototype, loop, ({ args, run }) => {
        const attempt = args[at];
        return isFunction(attempt) ? follow(tracing, attempt, signals.get(attempt), (followed) => run(args.with(at, followed))) : run();
      }),
    ];
    return () => {
      for (const one of leave) one?.();
    };
  },
};

/**
 * What a model's `stream()` reads. Not every provider's package cancels the response when its reader leaves: the call that was
 * made for a stream is told by it.
 */
export const STREAMS: Sdk = {
  ...CORE,
  files: ['chat_models', 'llms'].flatMap((file) => [`@langchain/core/dist/language_models/${file}.js`, `@langchain/core/dist/language_models/${file}.cjs`]),
  targets: (exports) =>
    ['BaseChatModel', 'BaseLLM'].flatMap((name) => {
      const model = isObject(exports) ? exports[name] : undefined;
      const prototype: unknown = isFunction(model) ? model.prototype : undefined;
      return isObject(prototype) && Object.hasOwn(prototype, '_streamIterator') ? [prototype] : [];
    }),
  observe: (prototype) => interpose(prototype, '_streamIterator', ({ run }) => followStream(run())) ?? (() => undefined),
};

const STREAM = createContextKey('outspan.langchain.stream');

/** A stream that is read, with the call that is made for it: the first one. Callbacks in it may make others. */
class ModelStream {
  call: PendingCall | undefined;
}

function followStream(stream: unknown): unknown {
  const read = new ModelStream();
  guard('observing a stream', () => observeIteration(stream, { step: (run) => context.with(context.active().setValue(STREAM, read), run), left: () => read.call?.leave() }));
  return stream;
}

function madeForStream(call: PendingCall): void {
  const stream = context.active().getValue(STREAM);
  if (stream instanceof ModelStream) stream.call ??= call;
}

/** @param attempt makes one try */
function follow(tracing: SdkTracing, attempt: AnyFunction, signal: SignalLike | undefined, run: (attempt: AnyFunction) => unknown): unknown {
  const pending = guard('entering a call', () => tracing.expect(signal && interpretAbortBy(signal)));
  if (pending === undefined) return run(attempt);
  madeForStream(pending);
  const result = run(within(pending, attempt));
  if (!(result instanceof Promise)) {
    pending.settle(RETURNED);
    return result;
  }
  return telling(result, 'ending a call', {
    came: () => pending.settle(stoppedBy(signal) ?? RETURNED),
    failed: (error) => pending.settle(stoppedBy(signal) ?? threw(error)),
  });
}

/** The tries wait in a queue, which goes on in the context of whichever call came to its end before. */
function within(pending: PendingCall, attempt: AnyFunction): AnyFunction {
  return function (...args) {
    pending.nextTry();
    return context.with(pending.context, () => Reflect.apply(attempt, this, args));
  };
}

function interpretAbortBy(signal: SignalLike): InterpretAbort {
  return () => (signal.aborted ? (isDeadline(signal) ? 'deadline' : 'caller') : undefined);
}
