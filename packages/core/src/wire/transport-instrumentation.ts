import type { TracerProvider } from '@opentelemetry/api';
import { guard } from '../guard.ts';
import { OutspanInstrumentation } from '../instrumentation/instrumentation.ts';
import type { InstrumentationConfig, Manifest } from '../instrumentation/instrumentation.ts';
import type { Attempt } from '../operation/attempt.ts';
import { context } from '../opentelemetry/context.ts';
import { propagation } from '../opentelemetry/propagation.ts';
import { ANTHROPIC_STEPS, NativeSteps } from '../steps/native-steps.ts';
import { watchSpanStarts } from '../telemetry/span-starts.ts';
import { HttpSpanSharing } from './http-span-sharing.ts';
import type { HttpPeer } from './http-span-sharing.ts';

/** The base of every instrumentation of a transport. Shares spans with OpenTelemetry's own instrumentation of the same transport, and propagates trace context. */
export abstract class TransportInstrumentation<Config extends InstrumentationConfig = InstrumentationConfig> extends OutspanInstrumentation<Config> {
  protected readonly sharing: HttpSpanSharing;
  readonly #peer: HttpPeer;
  readonly #nativeSteps: NativeSteps;

  /** @param peer OpenTelemetry's own instrumentation of the same transport: where that is on, its span is the attempt's */
  constructor(manifest: Manifest, config: Config, peer: HttpPeer) {
    super(manifest, config);
    this.#peer = peer;
    this.sharing = new HttpSpanSharing(this.tracker);
    this.#nativeSteps = new NativeSteps(this.tracker.steps, ANTHROPIC_STEPS, () => this.isEnabled());
  }

  /**
   * Starts to see requests.
   *
   * @returns a function that stops it
   */
  protected abstract watch(): () => void;

  protected override start(): () => void {
    this.sharing.enabled = true;
    const stop = this.watch();
    return () => {
      stop();
      this.sharing.enabled = false;
    };
  }

  protected override attach(provider: TracerProvider): void {
    super.attach(provider);
    this.sharing.install(provider, this.#peer.scope);
    guard('watching for steps', () => watchSpanStarts(provider.getTracer('@outspan/core'), `steps of SDKs, by ${this.instrumentationName}`, this.#nativeSteps));
  }

  protected override attachToProvider(): TracerProvider | undefined {
    const provider = super.attachToProvider();
    if (provider !== undefined) this.sharing.look(provider, this.#peer);
    return provider;
  }

  /** Whether a request to `path`, which may have a query, belongs to a call whatever its method: it asks for the rest of an answer. */
  protected awaits(path: string): boolean {
    return this.tracker.awaits(path) || this.sharing.hasEarly;
  }

  /**
   * Sends trace context along as HTTP instrumentations do, but not to a public provider, which has no use for it, and never
   * over one that is there already.
   *
   * @param header reads a request header
   * @param setHeader adds one
   */
  protected propagate(attempt: Attempt, header: (name: string) => string | undefined, setHeader: (name: string, value: string) => void): void {
    if (header('traceparent') !== undefined || !this.tracker.sendsContextTo(attempt)) return;
    const sending = this.tracker.contextToSend(attempt);
    if (sending === undefined) return;
    const carrier: Record<string, string> = {};
    // The one that is then active: Sentry's propagator complains of any other.
    context.with(sending, () => propagation.inject(context.active(), carrier));
    for (const [name, value] of Object.entries(carrier)) setHeader(name, value);
  }
}
