import type { MeterProvider, Span, Tracer } from '@opentelemetry/api';
import { now } from '../clock.ts';
import type { Settings } from '../config.ts';
import { announce, guard } from '../guard.ts';
import { isSuppressed } from '../operation/context.ts';
import type { Operation } from '../operation/operation.ts';
import { later } from '../platform/timers.ts';
import { InstrumentsInForce } from '../telemetry/metrics/instruments-in-force.ts';
import { StepMetrics } from '../telemetry/metrics/step-metrics.ts';
import { endStepSpan, startStepSpan } from '../telemetry/step-span.ts';
import { placed } from './ambient.ts';
import { Step } from './step.ts';
import type { CallContent, McpSession, StepOwner, StepStart } from './step.ts';

/** What the steps of an instrumentation need of it. */
export interface StepHost {
  readonly settings: () => Settings;
  readonly tracer: () => Tracer | undefined;
  readonly meterProvider: () => MeterProvider | undefined;
}

/** Starts workflows, agents and tools, and lets each end exactly once. */
export class StepTracker implements StepOwner {
  readonly #host: StepHost;
  /** In the order in which they started. */
  readonly #open = new Set<Step>();
  readonly #metrics: StepMetrics;
  #cancelSweep: (() => void) | undefined;

  constructor(host: StepHost) {
    this.#host = host;
    this.#metrics = new StepMetrics(host.settings, new InstrumentsInForce(host.meterProvider));
  }

  /** Steps that have started and not ended. */
  get openSteps(): number {
    return this.#open.size;
  }

  get counts(): boolean {
    return this.#metrics.enabled;
  }

  /**
   * A workflow, an agent or a tool starts: run it in the context of the step that is returned, and end that.
   *
   * @returns undefined when nothing is to be traced here
   */
  start(start: StepStart): Step | undefined {
    if (isSuppressed(start.parent)) return undefined;
    return guard('starting a step', () => new Step({ ...start, parent: placed(start.parent) }, this));
  }

  open(step: Step): Span {
    const { openSteps, idleTimeout } = this.#host.settings().limits;
    this.#open.add(step);
    if (this.#open.size > openSteps) {
      const [oldest] = this.#open;
      announce('limit:openSteps:reached', `More than ${openSteps} agents, tools and workflows are open at once; the oldest are recorded as abandoned (limit openSteps).`);
      oldest?.abandon();
    }
    this.#cancelSweep ??= this.#sweepLater(idleTimeout);
    return startStepSpan(step, this.#host.tracer());
  }

  close(step: Step): void {
    this.#open.delete(step);
    if (this.#open.size === 0) {
      this.#cancelSweep?.();
      this.#cancelSweep = undefined;
    }
    endStepSpan(step, this.#host.settings());
    guard('counting a step', () => this.#metrics.closed(step));
  }

  /** A connection of the Model Context Protocol is over. */
  sessionEnded(session: McpSession): void {
    guard('counting a session', () => this.#metrics.sessionEnded(session));
  }

  /** Ends everything that is open, what started last first: nobody will see its end. */
  shutdown(): void {
    for (const step of [...this.#open].toReversed()) step.abandon();
  }

  /** Ends everything that is open, as cut off by the end of the process. */
  interrupt(): void {
    for (const step of [...this.#open].toReversed()) step.interrupt();
  }

  #sweepLater(idleTimeout: number): () => void {
    return later(Math.max(1_000, idleTimeout / 4), () => {
      const before = now() - idleTimeout;
      for (const step of this.#open) if (step.active === 0 && step.lastSeenAt <= before) step.abandon();
      this.#cancelSweep = this.#open.size > 0 ? this.#sweepLater(idleTimeout) : undefined;
    });
  }
}

/** Tells the step above a call that it has started. */
export function callStarted({ step }: Operation): void {
  step?.workStarted();
}

/**
 * Tells the step above a call what came of it.
 *
 * @param content absent where none is captured
 */
export function callEnded({ answer, request, step, verdict }: Operation, content: CallContent | undefined): void {
  step?.workEnded({
    kind: 'inference',
    verdict,
    ...(request?.model !== undefined && { model: request.model }),
    ...(answer?.usage !== undefined && { usage: answer.usage }),
    ...(answer !== undefined && answer.finishReasons.length > 0 && { finishReasons: answer.finishReasons }),
    ...(content !== undefined && { content }),
  });
}
