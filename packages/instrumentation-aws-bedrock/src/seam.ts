import { context, guard, now, operationOf } from '@outspan/core';
import type { Attempt, Operation } from '@outspan/core';
import { isFunction, isObject } from '@outspan/sdk-boundary';
import { SeamAttempt } from './seam-attempt.ts';
import type { TracedSend } from './traced-send.ts';

/** Middleware as the AWS SDK takes it. */
type Next = (args: unknown) => Promise<unknown>;

/** Where in the SDK's stack: within the retries, around the request handler alone or around its deserialisation too. */
const AROUND_HANDLER = { name: 'outspanHandler', step: 'deserialize', priority: 'low', override: true } as const;
const AROUND_ANSWER = { name: 'outspanAnswer', step: 'deserialize', priority: 'high', override: true } as const;

/**
 * Watches the exchanges of a client as they pass through the SDK: of those that no transport instrumentation saw (a request handler of the
 * application's own, HTTP/2 without an instrumentation for it), attempts are put together from what the SDK itself reads.
 */
export class Seam {
  readonly #joined = new WeakSet<object>();
  readonly #calls = new WeakMap<Operation, TracedSend>();
  /** Attempts under way, by the call they are of: a call has one at a time. */
  readonly #attempts = new WeakMap<TracedSend, SeamAttempt>();

  /** Follows a call of a client, which gets the middleware with its first one. */
  join(client: unknown, call: TracedSend): void {
    this.#calls.set(call.operation, call);
    if (!isObject(client) || this.#joined.has(client)) return;
    const stack = client['middlewareStack'];
    if (!isObject(stack) || !isFunction(stack['add'])) return;
    this.#joined.add(client);
    Reflect.apply(stack['add'], stack, [(next: Next) => (args: unknown) => this.#aroundHandler(next, args), AROUND_HANDLER]);
    Reflect.apply(stack['add'], stack, [(next: Next) => (args: unknown) => this.#aroundAnswer(next, args), AROUND_ANSWER]);
  }

  #call(): TracedSend | undefined {
    const operation = operationOf(context.active());
    return operation && this.#calls.get(operation);
  }

  async #aroundHandler(next: Next, args: unknown): Promise<unknown> {
    const call = this.#call();
    if (call === undefined) return next(args);
    const before = call.operation.attempts;
    const startedAt = now();
    const unseen = (): Attempt | undefined => (call.operation.attempts === before ? call.begin(requestOf(args), startedAt) : undefined);
    try {
      const result = await next(args);
      guard('reading a response', () => {
        const attempt = unseen();
        const response = isObject(result) ? result['response'] : undefined;
        if (attempt !== undefined && isObject(response)) this.#attempts.set(call, new SeamAttempt(attempt, call, response));
      });
      return result;
    } catch (error) {
      guard('ending an attempt', () => {
        const attempt = unseen();
        attempt?.end(call.endingOf(error, 'headers'));
      });
      throw error;
    }
  }

  async #aroundAnswer(next: Next, args: unknown): Promise<unknown> {
    const call = this.#call();
    if (call === undefined) return next(args);
    this.#attempts.delete(call);
    try {
      const result = await next(args);
      guard('reading an answer', () => this.#attempts.get(call)?.deserialised(isObject(result) ? result['output'] : undefined));
      return result;
    } catch (error) {
      guard('reading a broken answer', () => this.#attempts.get(call)?.failed(error));
      throw error;
    }
  }
}

function requestOf(args: unknown): unknown {
  return isObject(args) ? args['request'] : undefined;
}
