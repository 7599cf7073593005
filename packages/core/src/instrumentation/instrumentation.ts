import type { MeterProvider, Tracer, TracerProvider } from '@opentelemetry/api';
import { settle } from '../config.ts';
import type { OutspanConfig, Settings } from '../config.ts';
import { guard } from '../guard.ts';
import { endWithProcess } from '../operation/process-end.ts';
import { CallTracker } from '../operation/tracker.ts';
import { trace, whenProvided, whenTracerProviderRegistered } from '../opentelemetry/providers.ts';
import { environment } from '../platform/environment.ts';
import { acquireLock } from '../platform/lock.ts';
import { beforeFlush } from '../telemetry/provider-lifecycle.ts';

/** Options of every instrumentation. */
export interface InstrumentationConfig extends OutspanConfig {
  /** Whether it is on from the start. Default: true. */
  enabled?: boolean;
}

/** The package that an instrumentation is in, by its package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
}

/**
 * What every instrumentation does alike. It is an `Instrumentation` as the SDKs 2 and 3 of OpenTelemetry take it, without
 * their base class, of which each version needs another version of the API.
 *
 * It records to the providers that it is given, else to those that are registered, looked up at each use; it ends what is open
 * when the tracer provider shuts down or the process ends; and it stays off where another copy of it is on in this thread.
 */
export abstract class OutspanInstrumentation<Config extends InstrumentationConfig = InstrumentationConfig> {
  readonly instrumentationName: string;
  readonly instrumentationVersion: string;
  protected readonly tracker: CallTracker;
  #config: Config;
  #settings: Settings;
  #tracerProvider: TracerProvider | undefined;
  #meterProvider: MeterProvider | undefined;
  #tracer: { readonly provider: TracerProvider; readonly tracer: Tracer } | undefined;
  #attachedTo: TracerProvider | undefined;
  #stops: readonly (() => void)[] | undefined;
  // The same functions each time: hooking a provider again changes nothing.
  readonly #flushTracker = (): void => this.tracker.flush();
  readonly #shutDownTracker = (): void => this.tracker.shutdown();

  /** A class that can be constructed calls {@link begin} at the end of its constructor. */
  constructor({ name, version }: Manifest, config: Config) {
    this.instrumentationName = name;
    this.instrumentationVersion = version;
    this.#config = { enabled: true, ...config };
    this.#settings = settle(config, environment());
    this.tracker = new CallTracker({ settings: () => this.#settings, tracer: () => this.#tracerInForce(), meterProvider: () => this.#meterProvider });
  }

  protected get settings(): Settings {
    return this.#settings;
  }

  getConfig(): Config {
    return this.#config;
  }

  setConfig(config: Config): void {
    this.#config = { enabled: true, ...config };
    this.#settings = settle(config, environment());
  }

  /** Records to this provider. The API's proxy of a provider that is still to come is none: then the registered one is used. */
  setTracerProvider(provider: TracerProvider): void {
    this.#tracerProvider = provider;
    guard('waiting for a tracer provider', () => whenProvided(provider, (present) => this.attach(present)));
  }

  setMeterProvider(provider: MeterProvider): void {
    this.#meterProvider = provider;
  }

  isEnabled(): boolean {
    return this.#stops !== undefined;
  }

  enable(): void {
    if (this.#stops !== undefined) return;
    const releaseLock = this.lock();
    if (releaseLock === undefined) return;
    const waiting = guard('waiting for a tracer provider', () => whenTracerProviderRegistered((provider) => this.attach(provider)));
    this.#stops = [this.start(), endWithProcess(this.tracker), ...(waiting === undefined ? [] : [waiting]), releaseLock];
  }

  disable(): void {
    for (const stop of this.#stops ?? []) stop();
    this.#stops = undefined;
    this.tracker.shutdown();
  }

  /** Ends what waits for a retry, so that the next flush of the tracer provider exports it. */
  flush(): void {
    this.tracker.flush();
  }

  /** Whether any exchange is under way. */
  get underWay(): boolean {
    return this.tracker.underWay;
  }

  /** Ends what is under way, as cut off by the end of the process. */
  interrupt(): void {
    this.tracker.interrupt();
  }

  /**
   * Starts to observe.
   *
   * @returns a function that stops it
   */
  protected abstract start(): () => void;

  /**
   * Makes this the only enabled instrumentation of its package in this thread.
   *
   * @returns a function that releases the lock; undefined if another instrumentation holds it
   */
  protected lock(): (() => void) | undefined {
    return acquireLock(this.instrumentationName, this.instrumentationVersion);
  }

  /** Enables the instrumentation unless its configuration says otherwise. */
  protected begin(): void {
    if (this.#config.enabled !== false) this.enable();
  }

  /**
   * Prepares for the tracer provider in force. To be called before a call starts, since an application may register one at any time.
   *
   * @returns that provider
   */
  protected attachToProvider(): TracerProvider | undefined {
    const provider = trace.getTracerProvider(this.#tracerProvider);
    if (provider !== undefined && provider !== this.#attachedTo) this.attach(provider);
    return provider;
  }

  /** Ends what is under way before a tracer provider shuts down, so that it is exported. */
  protected attach(provider: TracerProvider): void {
    this.#attachedTo = provider;
    guard('hooking the tracer provider', () => beforeFlush(provider, this.#flushTracker, this.#shutDownTracker));
  }

  #tracerInForce(): Tracer | undefined {
    const provider = trace.getTracerProvider(this.#tracerProvider);
    if (provider === undefined) return undefined;
    if (this.#tracer?.provider !== provider) this.#tracer = { provider, tracer: provider.getTracer(this.instrumentationName, this.instrumentationVersion) };
    return this.#tracer.tracer;
  }
}
