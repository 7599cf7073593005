import { context, guard, operationOf } from '@outspan/core';
import type { Operation } from '@outspan/core';
import { isObject, isThenable } from '@outspan/sdk-boundary';
import type { SdkTracing } from '@outspan/sdk-boundary';
import { isRetry, isTraced } from './client-class.ts';
import type { ClientObserver } from './patch.ts';
import { describeCall } from './sdk-call.ts';
import { TracedCall } from './traced-call.ts';

/** Knows the calls that go through one or more copies of the SDK. */
export class OperationBoundary implements ClientObserver {
  readonly #tracing: SdkTracing;
  readonly #byOperation = new WeakMap<Operation, TracedCall>();
  /** By what `makeRequest` resolves with: the SDK parses the response by it. */
  readonly #byProps = new WeakMap<object, TracedCall>();
  readonly #byResponse = new WeakMap<object, TracedCall>();

  constructor(tracing: SdkTracing) {
    this.#tracing = tracing;
  }

  makeRequest(run: (args: readonly unknown[]) => unknown, client: unknown, args: readonly unknown[]): unknown {
    const [options] = args;
    if (isRetry(args) || isTraced(args)) return run(args);
    if (isThenable(options)) return this.#requestLater(run, client, options, args.slice(1));
    return this.#request(run, client, args);
  }

  fetchWithTimeout(run: () => unknown, args: readonly unknown[]): unknown {
    const call = guard('finding the call', () => {
      const operation = operationOf(context.active());
      const found = operation && this.#byOperation.get(operation);
      return found?.owns(args) === true ? found : undefined;
    });
    return call === undefined ? run() : call.fetch(run, args);
  }

  parseResponseWithTimeout(run: () => unknown, props: unknown): unknown {
    const call = this.#callOf(props);
    if (call === undefined || call.operation.ended) return run();
    if (isStreaming(props)) return call.seam === undefined ? run() : call.parse(run);
    return call.read(run);
  }

  parseResponse(run: () => unknown, props: unknown): unknown {
    const call = this.#callOf(props);
    return call?.seam === undefined ? run() : call.parse(run);
  }

  asResponse(response: unknown): void {
    const call = isObject(response) ? this.#byResponse.get(response) : undefined;
    guard('handing out a response', () => call?.seam?.handedOut());
  }

  async #requestLater(run: (args: readonly unknown[]) => unknown, client: unknown, options: PromiseLike<unknown>, rest: readonly unknown[]): Promise<unknown> {
    return this.#request(run, client, [await options, ...rest]);
  }

  #request(run: (args: readonly unknown[]) => unknown, client: unknown, args: readonly unknown[]): unknown {
    const call = guard('starting a call', () => this.#start(client, args[0]));
    if (call === undefined) return run(args);
    return call.request(
      () => run(args),
      (props) => {
        if (!isObject(props)) return;
        this.#byProps.set(props, call);
        if (isObject(props['response'])) this.#byResponse.set(props['response'], call);
      },
    );
  }

  #start(client: unknown, options: unknown): TracedCall | undefined {
    const described = describeCall(client, options);
    if (described === undefined) return undefined;
    const call = TracedCall.start(this.#tracing, described);
    if (call !== undefined) this.#byOperation.set(call.operation, call);
    return call;
  }

  #callOf(props: unknown): TracedCall | undefined {
    return isObject(props) ? this.#byProps.get(props) : undefined;
  }
}

function isStreaming(props: unknown): boolean {
  const options = isObject(props) ? props['options'] : undefined;
  return isObject(options) && Boolean(options['stream']);
}
