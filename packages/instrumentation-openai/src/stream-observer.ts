import { guard, now } from '@outspan/core';
import type { Attempt, BodyFacts, Ending, Phase } from '@outspan/core';
import { defectOf, isObject, observeIteration } from '@outspan/sdk-boundary';
import type { SdkStream } from './shape.ts';
import type { SeamSurroundings } from './seam-attempt.ts';

/** Of streams that nobody can read any more. What is told must hold neither the stream nor its iterator: they would never be collected. */
const dropped = new FinalizationRegistry<StreamObserver>((observer) => guard('ending a dropped stream', () => observer.left()));

/**
 * Reads along as the application reads a stream, see `observeIteration`. The stream object stays, and so does the generator behind it.
 */
export function observeStream(stream: SdkStream, attempt: Attempt, surroundings: SeamSurroundings, form: BodyFacts['form'], endingOf: (phase: Phase, error: unknown) => Ending): void {
  const observer = new StreamObserver(stream.controller.signal, attempt, surroundings, form, endingOf);
  dropped.register(stream, observer, observer);
  const original = stream.iterator;
  let observed = false;
  stream.iterator = function (this: unknown, ...args) {
    const iterator = Reflect.apply(original, this, args);
    // Only the first can read: the SDK lets every further one fail.
    if (!observed && isObject(iterator)) {
      observed = true;
      guard('observing a stream', () => {
        // A reader needs the stream no longer.
        dropped.unregister(observer);
        dropped.register(iterator, observer, observer);
        observer.attach(iterator);
      });
    }
    return iterator;
  };
}

class StreamObserver {
  /** Not the stream: an SDK may hold its controller until the stream is collected, and what listens to the signal with it. */
  readonly #signal: AbortSignal;
  readonly #attempt: Attempt;
  readonly #reader: ReturnType<SeamSurroundings['dialect']['readEvents']>;
  /** What the body is if no event of it comes. */
  readonly #form: BodyFacts['form'];
  #events = 0;
  readonly #endingOf: (phase: Phase, error: unknown) => Ending;
  #pending = 0;

  constructor(signal: AbortSignal, attempt: Attempt, { dialect, request, contentBytes }: SeamSurroundings, form: BodyFacts['form'], endingOf: (phase: Phase, error: unknown) => Ending) {
    this.#signal = signal;
    this.#attempt = attempt;
    this.#reader = dialect.readEvents(request, { contentBytes, promised: request.promised });
    this.#form = form;
    this.#endingOf = endingOf;
  }

  attach(iterator: object): void {
    observeIteration(iterator, {
      step: (run) => {
        const result = run();
        if (result instanceof Promise) this.#pending++;
        return result;
      },
      came: (event) => {
        this.#pending--;
        this.#attempt.firstChunkAt ??= now();
        this.#attempt.lastSeenAt = now();
        this.#events++;
        this.#reader.pushParsed(event);
      },
      ended: () => {
        this.#pending--;
        // The SDK swallows an abort: its generator then ends as if the stream had.
        this.#end(this.#signal.aborted ? { by: 'caller' } : { by: 'completion' });
      },
      failed: (error) => {
        this.#pending--;
        this.#failed(error);
      },
      left: () => this.left(),
    });
    this.#signal.addEventListener(
      'abort',
      () => {
        // While an event is awaited, its outcome tells why the SDK aborts.
        if (this.#pending === 0) guard('ending an aborted stream', () => this.#end({ by: 'caller' }));
      },
      { once: true },
    );
  }

  /** Its reader broke off, or dropped it. */
  left(): void {
    this.#end({ by: 'caller' });
  }

  #failed(error: unknown): void {
    const defect = defectOf(error);
    if (defect !== undefined) this.#end({ by: 'completion' }, defect);
    else if (isErrorEvent(error)) {
      this.#reader.pushParsed({ type: 'error', error: error.error });
      this.#end({ by: 'completion' });
    } else this.#end(this.#endingOf('body', error));
  }

  #end(ending: Ending, defect?: BodyFacts['defect']): void {
    dropped.unregister(this);
    const form = this.#events === 0 && defect === undefined ? this.#form : 'events';
    this.#attempt.answered({ form, bytes: 0, answer: this.#reader.facts(), ...(defect && { defect }) });
    this.#attempt.end(ending);
  }
}

/** An error event is what the SDK throws as an APIError without a status. */
function isErrorEvent(error: unknown): error is { readonly error: unknown } {
  return isObject(error) && error['status'] === undefined && error['error'] !== undefined;
}
