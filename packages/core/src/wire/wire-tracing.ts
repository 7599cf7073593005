import { propagation, trace } from '@opentelemetry/api';
import type { TracerProvider } from '@opentelemetry/api';
import { guard } from '../guard.ts';
import type { Attempt } from '../operation/attempt.ts';
import { endWithProcess } from '../operation/process-end.ts';
import { CallTracker } from '../operation/tracker.ts';
import type { TrackerHost } from '../operation/tracker.ts';
import { listen } from '../platform/channels.ts';
import type { ChannelHandlers } from '../platform/channels.ts';
import { takeSeat } from '../platform/seat.ts';
import { beforeFlush, delegateOf } from '../telemetry/provider-lifecycle.ts';
import { HttpSpanSharing } from './http-span-sharing.ts';

/** Who watches a transport. */
export interface WireHost extends TrackerHost {
  /** Of the instrumentation's package. */
  readonly name: string;
  /** Of the instrumentation's package. */
  readonly version: string;
  /** Scope of OpenTelemetry's own instrumentation of the same transport; where that is on, its span is the attempt's. */
  readonly peerScope: string;
}

/**
 * What every instrumentation of a transport does alike, whatever the transport: it listens to diagnostics channels while it is
 * on, shares spans with OpenTelemetry's own, and lets no call outlive the tracer provider or the process.
 */
export class WireTracing {
  readonly tracker: CallTracker;
  readonly sharing: HttpSpanSharing;
  readonly #host: WireHost;
  #attachedTo: TracerProvider | undefined;
  #leave: (() => void) | undefined;

  constructor(host: WireHost) {
    this.#host = host;
    this.tracker = new CallTracker(host);
    this.sharing = new HttpSpanSharing(this.tracker);
  }

  /** Starts to listen, unless another copy of the same instrumentation does so in this thread. Idempotent. */
  enable(handlers: ChannelHandlers): void {
    if (this.#leave !== undefined) return;
    const leaveSeat = takeSeat(this.#host.name, this.#host.version);
    if (leaveSeat === undefined) return;
    this.sharing.enabled = true;
    const leaveExit = endWithProcess(this.tracker);
    this.attach(trace.getTracerProvider());
    const stopListening = listen(handlers);
    this.#leave = () => {
      stopListening();
      leaveExit();
      leaveSeat();
    };
  }

  /** Stops listening, and ends what is under way. Idempotent. */
  disable(): void {
    this.#leave?.();
    this.#leave = undefined;
    this.sharing.enabled = false;
    this.tracker.shutdown();
  }

  /** Looks at the tracer provider that is in force: the SDK may have been started before or after us, or not at all. Cheap when it is the same as before. */
  attach(provider: TracerProvider): void {
    const actual = delegateOf(provider);
    this.sharing.install(actual, this.#host.peerScope);
    if (actual === this.#attachedTo) return;
    this.#attachedTo = actual;
    guard('hooking the tracer provider', () =>
      beforeFlush(
        actual,
        () => this.tracker.flush(),
        () => this.tracker.shutdown(),
      ),
    );
  }

  /** Whether a request to `path`, which may have a query, belongs to a call whatever its method: it asks for the rest of an answer. */
  awaits(path: string): boolean {
    return this.tracker.awaits(path) || this.sharing.hasEarly;
  }

  /**
   * Sends trace context along as HTTP instrumentations do, but not to a public provider, which has no use for it, and never
   * over one that is there already.
   *
   * @param header reads a request header
   * @param setHeader adds one
   */
  propagate(attempt: Attempt, header: (name: string) => string | undefined, setHeader: (name: string, value: string) => void): void {
    if (header('traceparent') !== undefined || !this.tracker.sendsContextTo(attempt)) return;
    const sending = this.tracker.contextToSend(attempt);
    if (sending === undefined) return;
    const carrier: Record<string, string> = {};
    propagation.inject(sending, carrier);
    for (const [name, value] of Object.entries(carrier)) setHeader(name, value);
  }
}
