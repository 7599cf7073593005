import { context, guard, readSdkError } from '@outspan/core';
import type { Attempt, Ending, Operation, Phase } from '@outspan/core';
import { endingOf, isDeadline, isFunction, isObject, isSignal, LEFT, observeIteration, RETURNED, stoppedBy, Stops, telling, threw } from '@outspan/sdk-boundary';
import type { SdkTracing } from '@outspan/sdk-boundary';
import { describeCommand } from './commands.ts';
import type { DescribedCommand } from './commands.ts';

const LOST: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/** One command of the application, from `send` to the end of what it gave back. */
export class TracedSend {
  readonly operation: Operation;
  readonly #tracking: SdkTracing;
  readonly stops: Stops;
  readonly described: DescribedCommand;
  /** Bytes of the answer's messages that are to be kept; 0 keeps none. */
  readonly contentBytes: number;

  private constructor(tracking: SdkTracing, operation: Operation, stops: Stops, described: DescribedCommand, contentBytes: number) {
    this.#tracking = tracking;
    this.operation = operation;
    this.stops = stops;
    this.described = described;
    this.contentBytes = contentBytes;
  }

  /** @returns undefined where nothing is to be traced */
  static start(tracing: SdkTracing, [command, options]: readonly unknown[]): TracedSend | undefined {
    const described = describeCommand(command);
    if (described === undefined) return undefined;
    const signal = isObject(options) && isSignal(options['abortSignal']) ? options['abortSignal'] : undefined;
    // The SDK's `requestTimeout` goes on through streams.
    const stops = new Stops(signal, 'streams_too');
    const operation = tracing.start({ ...described, interpretAbort: (phase) => stops.interpret(phase) });
    return operation && new TracedSend(tracing, operation, stops, described, tracing.tracker.settings.answerBytes);
  }

  /** Runs the SDK's `send`, by promise or by callback. */
  send(run: (args?: readonly unknown[]) => unknown, args: readonly unknown[]): unknown {
    const place = args.findIndex((arg, i) => i > 0 && isFunction(arg));
    const callback = place < 0 ? undefined : args[place];
    const given = isFunction(callback) ? args.with(place, this.#observed(callback)) : args;
    let result: unknown;
    try {
      result = this.inside(() => run(given));
    } catch (error) {
      guard('ending a call', () => this.#failed(error));
      throw error;
    }
    if (!(result instanceof Promise)) return result;
    return telling(result, 'ending a call', { came: (output) => this.#came(output), failed: (error) => this.#failed(error) });
  }

  /** Runs something as a part of the call. */
  inside<T>(run: () => T): T {
    return context.with(this.operation.context, run);
  }

  /** The callback, run where it was given and not inside of the call. */
  #observed(callback: (this: unknown, ...args: readonly unknown[]) => unknown): (...args: readonly unknown[]) => unknown {
    const givenIn = context.active();
    return (...given) => {
      const [error, output] = given;
      guard('ending a call', () => (error === null || error === undefined ? this.#came(output) : this.#failed(error)));
      return context.with(givenIn, () => Reflect.apply(callback, undefined, given));
    };
  }

  /** Starts an attempt that no transport told of. */
  begin(request: unknown, startedAt: number): Attempt | undefined {
    const url = urlOf(request);
    return url && this.#tracking.tracker.begin({ method: 'POST', url, context: this.operation.context, startedAt, header: (name) => headerOf(request, name) });
  }

  /** What an exchange came to by what it was broken off with. */
  endingOf(error: unknown, phase: Phase): Ending {
    const signal = this.stops.aborted();
    if (signal !== undefined) return isDeadline(signal) ? { by: 'deadline', phase } : { by: 'caller' };
    // The SDK gives lost connections the name of a timeout.
    const lost = readSdkError(error).transportCodes.find((code) => LOST.has(code));
    return lost === undefined ? endingOf(error, phase) : { by: 'network', code: lost, phase };
  }

  #came(output: unknown): void {
    guard('observing a stream', () => {
      let stopped = false;
      observeIteration(streamOf(output), {
        came: (event) => {
          stopped ||= isObject(event) && event['messageStop'] !== undefined;
        },
        left: () => this.#leave(stopped),
      });
    });
    this.operation.settle(RETURNED);
  }

  /** @param stopped the reader was told that the message is over: what it leaves is the count of its tokens, which is still awaited */
  #leave(stopped: boolean): void {
    this.stops.left = true;
    this.operation.settle(stopped ? RETURNED : LEFT);
  }

  /** An abort is the caller's where the caller's signal has fired. */
  #failed(error: unknown): void {
    this.operation.settle(stoppedBy(this.stops.aborted()) ?? threw(error));
  }
}

/** The stream of events in what a command resolves with: `stream` of ConverseStream, `body` of InvokeModelWithResponseStream. */
export function streamOf(output: unknown): object | undefined {
  if (!isObject(output)) return undefined;
  for (const stream of [output['stream'], output['body']]) if (isObject(stream) && Symbol.asyncIterator in stream) return stream;
  return undefined;
}

/** Where the SDK's request goes. */
function urlOf(request: unknown): URL | undefined {
  if (!isObject(request)) return undefined;
  const { protocol, hostname, port, path } = request;
  if (typeof hostname !== 'string' || typeof path !== 'string') return undefined;
  const url = `${typeof protocol === 'string' ? protocol : 'https:'}//${hostname}${typeof port === 'number' ? `:${port}` : ''}${path}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}

function headerOf(request: unknown, name: string): string | undefined {
  const headers = isObject(request) ? request['headers'] : undefined;
  const value = isObject(headers) ? headers[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
