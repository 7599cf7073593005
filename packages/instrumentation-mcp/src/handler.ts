import { guard } from '@outspan/core';
import { isFunction, isObject, telling } from '@outspan/sdk-boundary';
import type { AnyFunction } from '@outspan/sdk-boundary';

/** What the other side is told: the result of a request, or the error that it ended with. */
export type Answered = { readonly result: unknown } | { readonly error: { readonly code: number } };

const METHOD_NOT_FOUND = -32601;
const INTERNAL_ERROR = -32603;

/**
 * Tells what a request is answered by what its handler gives. The handler is looked up as the request comes in: another
 * stands in its place for as long as that takes, and not longer.
 *
 * @param receive takes the request
 */
export function observeHandler(protocol: unknown, request: unknown, receive: () => unknown, answered: (answer: Answered) => void): unknown {
  const leave = guard('observing a handler', () => standIn(protocol, request, answered));
  try {
    return receive();
  } finally {
    if (leave !== undefined) guard('leaving a handler', leave);
  }
}

function standIn(protocol: unknown, request: unknown, answered: (answer: Answered) => void): (() => void) | undefined {
  if (!isObject(protocol) || !isObject(request)) return undefined;
  const { method } = request;
  const handlers = protocol['_requestHandlers'];
  const handler: unknown = handlers instanceof Map ? handlers.get(method) : undefined;
  if (handlers instanceof Map && isFunction(handler)) {
    handlers.set(method, observed(handler, answered));
    return () => void handlers.set(method, handler);
  }
  const fallback = protocol['fallbackRequestHandler'];
  if (isFunction(fallback)) {
    Reflect.set(protocol, 'fallbackRequestHandler', observed(fallback, answered));
    return () => void Reflect.set(protocol, 'fallbackRequestHandler', fallback);
  }
  return () => answered({ error: { code: METHOD_NOT_FOUND } });
}

function observed(handler: AnyFunction, answered: (answer: Answered) => void): AnyFunction {
  const failed = (error: unknown): void => answered({ error: { code: codeOf(error) } });
  return function (this: unknown, ...args) {
    try {
      const result: unknown = Reflect.apply(handler, this, args);
      if (result instanceof Promise) return telling(result, 'reading an answer', { came: (value) => answered({ result: value }), failed });
      guard('reading an answer', () => answered({ result }));
      return result;
    } catch (error) {
      guard('reading an answer', () => failed(error));
      throw error;
    }
  };
}

/** As the SDK makes an error of what a handler throws. */
function codeOf(error: unknown): number {
  const code = isObject(error) ? error['code'] : undefined;
  return typeof code === 'number' && Number.isSafeInteger(code) ? code : INTERNAL_ERROR;
}
