import { AsyncLocalStorage } from 'node:async_hooks';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { guard } from '@outspan/core';
import type { Destination } from '../last-export/destination.ts';
import { Flight } from '../last-export/flights.ts';
import { parcelOf, serialised, type Parcel, type Pending } from '../last-export/parcel.ts';
import { method, reach } from '../last-export/reach.ts';
import { sdkLog } from '../sdk-log.ts';
import { suppressed } from '../suppressed.ts';
import { waitAfter } from './backoff.ts';
import { KeptBatches, type Batch, type RetryLimits } from './kept-batches.ts';
import { outcomeOf, type Outcome } from './outcome.ts';

/** What the SDK's processors are told of an export. */
type Done = (result: { readonly code: 0 | 1; readonly error?: Error }) => void;

interface KeptBatch extends Batch {
  /** Milliseconds of the monotonic clock. */
  readonly since: number;
  /** Counts what is in it: as exported, or under the name of an error. */
  readonly finish: (errorType?: string) => void;
  failures: number;
}

/** What is told of an exporter to keep for. */
export interface KeptExporter {
  readonly exporter: object;
  /** What it exports, for messages: `spans`. */
  readonly what: string;
  readonly protocol: 'http' | 'grpc';
  readonly destination: () => Destination | undefined;
  readonly limits: RetryLimits;
  /** Counts as many that come; what it gives is called when they are exported, or by which error they are lost. */
  readonly begin: (items: number) => (errorType?: string) => void;
}

/** After so many failures in a row, a batch lets the others go before it: it may be the reason of the failures. */
const FAILURES_IN_FRONT = 5;
/** Milliseconds after which a batch is given up. */
const KEPT_AT_MOST = 3_600_000;

const QUEUE_FULL = 'queue_full';
const GIVEN_UP = 'export_max_retries';

/**
 * Has an OTLP exporter of the SDK keep what its backend could not take just now, and send it again once the backend is
 * back. The SDK by itself gives up after a few seconds; over gRPC at once.
 *
 * To the processor in front, a batch that is kept is exported: the processor goes on, and its queue does not fill.
 */
export class KeptExports implements Pending {
  readonly #exporter: object;
  readonly #what: string;
  readonly #protocol: 'http' | 'grpc';
  readonly #destination: () => Destination | undefined;
  readonly #begin: KeptExporter['begin'];
  readonly #kept: KeptBatches<KeptBatch>;
  /** Where no request of the application is the one under way. */
  readonly #outside: <T>(work: () => T) => T = AsyncLocalStorage.snapshot();
  #failures = 0;
  /** Why the last try failed. */
  #error: Error | undefined;
  #timer: NodeJS.Timeout | undefined;
  #draining: Promise<void> | undefined;
  #underWay: KeptBatch | undefined;
  #flight: Flight | undefined;
  #ending = false;

  constructor({ exporter, what, protocol, destination, limits, begin }: KeptExporter) {
    this.#exporter = exporter;
    this.#what = what;
    this.#protocol = protocol;
    this.#destination = destination;
    this.#begin = begin;
    this.#kept = new KeptBatches(limits);
    const end = method(exporter, 'shutdown');
    Reflect.set(exporter, 'export', (items: unknown, done: Done): void => this.#export(items, done));
    Reflect.set(exporter, 'shutdown', async (): Promise<void> => {
      await this.#end();
      await end?.();
    });
  }

  *parcels(): Iterable<Parcel> {
    const destination = this.#kept.size === 0 ? undefined : this.#destination();
    if (destination === undefined) return;
    for (const batch of this.#kept) {
      if (batch !== this.#underWay || this.#flight?.delivered !== true) yield parcelOf(batch.body, destination);
    }
  }

  get #delegate(): unknown {
    return reach(this.#exporter, '_delegate');
  }

  #export(items: unknown, done: Done): void {
    const body = serialised(this.#exporter, items);
    if (body === undefined) return done({ code: 1, error: new Error('Nothing to send') });
    const count = Array.isArray(items) ? items.length : 0;
    const batch: KeptBatch = { body, items: count, since: performance.now(), finish: this.#begin(count), failures: 0 };
    if (this.#kept.size === 0) {
      void this.#sendFirst(batch, done);
      return;
    }
    this.#keep(batch);
    done({ code: 0 });
  }

  async #sendFirst(batch: KeptBatch, done: Done): Promise<void> {
    const outcome = await this.#send(batch, new Flight(batch));
    if (outcome.kind === 'later') {
      this.#keep(batch);
      this.#comeBack(outcome);
      done({ code: 0 });
      return;
    }
    this.#conclude(batch, outcome);
    done(outcome.kind === 'taken' ? { code: 0 } : { code: 1, error: outcome.error });
  }

  /** Sends a batch once. Never rejects. */
  async #send(batch: KeptBatch, flight: Flight): Promise<Outcome> {
    try {
      const transport = reach(this.#delegate, '_transport');
      // Over HTTP the SDK's own tries again are around it.
      const once = method(this.#protocol === 'http' ? reach(transport, '_transport') : transport, 'send');
      const response = await new Promise<unknown>((resolve, reject) => {
        flight.start(() => {
          Promise.resolve(once?.(batch.body, reach(this.#delegate, '_timeout'))).then(resolve, reject);
        });
      });
      return outcomeOf(response, this.#protocol, flight.status);
    } catch (error) {
      return { kind: 'refused', error: error instanceof Error ? error : new Error('Export failed') };
    } finally {
      flight.land();
    }
  }

  #conclude(batch: KeptBatch, outcome: Exclude<Outcome, { kind: 'later' }>): void {
    if (outcome.kind === 'refused') {
      batch.finish(outcome.error.name);
      return;
    }
    batch.finish();
    const delegate = this.#delegate;
    // The answer may say that some of it was rejected.
    if (outcome.answer !== undefined) {
      guard('reading the answer of the backend', () => {
        const read = answerOf(method(reach(delegate, '_serializer'), 'deserializeResponse'), outcome.answer);
        if (read !== undefined) method(reach(delegate, '_responseHandler'), 'handleResponse')?.(read);
      });
    }
  }

  #keep(batch: KeptBatch): void {
    this.#lose(this.#kept.add(batch, this.#underWay), QUEUE_FULL);
  }

  #lose(batches: readonly KeptBatch[], why: string): void {
    if (batches.length === 0) return;
    for (const batch of batches) batch.finish(why);
    const items = batches.reduce((sum, batch) => sum + batch.items, 0);
    sdkLog.warn(`Dropped ${items} ${this.#what} because ${why === QUEUE_FULL ? 'the retry queue was full' : 'the backend did not take them in time'}`);
  }

  /** From the second failure on: what the next try repairs is not worth a word. At the end, whoever waits for it says what was lost. */
  #say(error: Error): void {
    if (!this.#ending) sdkLog.warn(`Kept ${this.#what} to export them again: ${error.message}`);
  }

  #comeBack({ error, wait }: Extract<Outcome, { kind: 'later' }>): void {
    this.#failures++;
    this.#error = error;
    if (this.#timer !== undefined || this.#ending) return;
    this.#outside(() => {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        void this.#drain();
      }, waitAfter(this.#failures, wait)).unref();
    });
  }

  /** Sends what is kept until nothing is left or the backend fails again. */
  #drain(): Promise<void> {
    this.#draining ??= this.#outside(() => suppressed(() => this.#sendKept(), ROOT_CONTEXT)).finally(() => {
      this.#draining = undefined;
    });
    return this.#draining;
  }

  async #sendKept(): Promise<void> {
    this.#giveUpOld();
    for (let batch = this.#kept.oldest; batch !== undefined; batch = this.#kept.oldest) {
      const flight = new Flight(batch, false);
      this.#underWay = batch;
      this.#flight = flight;
      const outcome = await this.#send(batch, flight);
      this.#underWay = undefined;
      this.#flight = undefined;
      if (outcome.kind === 'later') {
        this.#say(outcome.error);
        batch.failures++;
        if (batch.failures >= FAILURES_IN_FRONT) this.#kept.moveToEnd(batch);
        this.#comeBack(outcome);
        return;
      }
      this.#kept.delete(batch);
      this.#failures = 0;
      this.#conclude(batch, outcome);
      if (outcome.kind === 'refused') sdkLog.error('outspan: what was kept could not be exported', outcome.error);
    }
  }

  #giveUpOld(): void {
    const now = performance.now();
    const old = [...this.#kept].filter((batch) => now - batch.since > KEPT_AT_MOST);
    for (const batch of old) this.#kept.delete(batch);
    this.#lose(old, GIVEN_UP);
  }

  /** Sends what is kept, now and for the time that one export may take. Never rejects. */
  async flush(): Promise<void> {
    const timeout = reach(this.#delegate, '_timeout');
    const deadline = performance.now() + (typeof timeout === 'number' ? timeout : 0);
    for (let failures = 1; this.#kept.size > 0 && performance.now() < deadline; failures++) {
      await this.#drain();
      if (this.#kept.size > 0) await new Promise((resolve) => setTimeout(resolve, waitAfter(failures, undefined)).unref());
    }
  }

  async #end(): Promise<void> {
    this.#ending = true;
    clearTimeout(this.#timer);
    await this.flush();
    if (this.#kept.size === 0) return;
    sdkLog.error('outspan: what was kept could not be exported', this.#error);
    for (const batch of this.#kept) {
      this.#kept.delete(batch);
      batch.finish(GIVEN_UP);
    }
  }
}

/** Undefined where it is in another format, as of receivers that answer everything with JSON: it was taken all the same. */
function answerOf(deserialize: ((answer: unknown) => unknown) | undefined, answer: unknown): unknown {
  try {
    return deserialize?.(answer);
  } catch {
    return undefined;
  }
}
