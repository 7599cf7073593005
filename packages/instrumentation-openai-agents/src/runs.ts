import { context } from '@opentelemetry/api';
import { guard } from '@outspan/core';
import type { SdkErrorFacts, Step, StepResult, StepSubject } from '@outspan/core';
import { isObject } from '@outspan/sdk-boundary';
import type { SdkTracing } from '@outspan/sdk-boundary';

type Facts = Readonly<Record<string, unknown>>;

/** Traces and spans of the SDK that are known at once: those that nobody ends must not pile up. */
const MOST = 10_000;

/** Milliseconds after which a run is over whose last agent failed: of a run that throws, the SDK does not tell the end. */
const ENDS_AFTER_FAILURE = 5_000;

/** Which of the SDK's spans are agents and tools. Turns, handoffs, guardrails and model calls are part of those. */
const SUBJECTS: Readonly<Record<string, (data: Facts) => StepSubject>> = {
  agent: ({ name }) => ({ kind: 'agent', ...(typeof name === 'string' && { name }) }),
  function: ({ mcp_data: mcp, name }) => ({ kind: 'tool', name: typeof name === 'string' ? name : 'function', type: mcp === undefined ? 'function' : 'extension' }),
};

/**
 * A trace processor of the SDK. The SDK may tell it of a start a little late, after other processors, so that what is asked
 * for before is started when it is asked for.
 */
export class Runs {
  readonly #tracing: SdkTracing;
  /** By the id of a trace or span of the SDK: the step that it is, or that it is part of. */
  readonly #steps = new Map<string, Step | undefined>();
  #stopped = false;
  #finding = false;

  constructor(tracing: SdkTracing) {
    this.#tracing = tracing;
  }

  /** The agent or tool at work, by the SDK's current span and trace. */
  at(span: unknown, trace: unknown): Step | undefined {
    // What starts in here asks again.
    if (this.#finding || this.#stopped) return undefined;
    this.#finding = true;
    try {
      return this.#ofSpan(span, trace);
    } finally {
      this.#finding = false;
    }
  }

  onTraceStart(trace: unknown): Promise<void> {
    guard('following a run', () => this.#ofTrace(trace));
    return Promise.resolve();
  }

  onTraceEnd(trace: unknown): Promise<void> {
    guard('ending a run', () => {
      const id = isObject(trace) ? trace['traceId'] : undefined;
      // A run that failed says so nowhere but on its last agent.
      if (typeof id === 'string') this.#end(id, 'returned_answer');
    });
    return Promise.resolve();
  }

  onSpanStart(span: unknown): Promise<void> {
    guard('following an agent', () => this.#ofSpan(span, undefined));
    return Promise.resolve();
  }

  onSpanEnd(span: unknown): Promise<void> {
    guard('ending an agent', () => {
      if (!isObject(span) || typeof span['spanId'] !== 'string') return;
      const data = isObject(span['spanData']) ? span['spanData'] : {};
      if (typeof data['type'] === 'string' && data['type'] in SUBJECTS) this.#end(span['spanId'], resultOf(span['error'], data['type']), data);
      else this.#steps.delete(span['spanId']);
    });
    return Promise.resolve();
  }

  /** The SDK ends it where processors are set anew: what is under way goes on. */
  shutdown(): Promise<void> {
    return Promise.resolve();
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  /** Takes no further notice of what the SDK tells. */
  stop(): void {
    this.#stopped = true;
    this.#steps.clear();
  }

  #ofTrace(trace: unknown): Step | undefined {
    if (!isObject(trace) || typeof trace['traceId'] !== 'string' || trace['traceId'] === 'no-op') return undefined;
    const { groupId, name, traceId } = trace;
    return this.#known(traceId, () =>
      this.#start({ kind: 'workflow', ...(typeof name === 'string' && { name }), ...(typeof groupId === 'string' && { conversationId: groupId }) }, undefined),
    );
  }

  #ofSpan(span: unknown, trace: unknown): Step | undefined {
    if (!isObject(span) || typeof span['spanId'] !== 'string' || span['spanId'] === 'no-op') return this.#ofTrace(trace);
    const { parentId, spanData: data, traceId } = span;
    return this.#known(span['spanId'], () => {
      const parent = (typeof parentId === 'string' ? this.#steps.get(parentId) : undefined) ?? (typeof traceId === 'string' ? this.#steps.get(traceId) : undefined) ?? this.#ofTrace(trace);
      const subject = isObject(data) && typeof data['type'] === 'string' ? SUBJECTS[data['type']]?.(data) : undefined;
      return subject === undefined ? parent : this.#start(subject, parent);
    });
  }

  #known(id: string, start: () => Step | undefined): Step | undefined {
    if (this.#steps.has(id) || this.#stopped) return this.#steps.get(id);
    const step = start();
    this.#steps.set(id, step);
    if (this.#steps.size > MOST) for (const [oldest] of this.#steps) {
      this.#steps.delete(oldest);
      break;
    }
    return step;
  }

  #start(subject: StepSubject, parent: Step | undefined): Step | undefined {
    return this.#tracing.startStep({ subject, ...(subject.kind === 'workflow' && { endsAfterFailure: ENDS_AFTER_FAILURE }) }, parent?.context ?? context.active());
  }

  #end(id: string, result: StepResult, data: Facts = {}): void {
    this.#steps.get(id)?.end(result, () => ({ toolArguments: data['input'], toolResult: data['output'] }));
    this.#steps.delete(id);
  }
}

/** The SDK tells an error's message, which may echo what was said: it is read for its meaning and let go of. */
function resultOf(error: unknown, type: string): StepResult {
  // An agent returns what its last call answered, be that whole or not.
  if (!isObject(error)) return type === 'agent' ? 'returned_answer' : 'returned';
  if (type === 'function') return { failed: 'tool_error' };
  const message = error['message'];
  const threw: SdkErrorFacts = { names: [], provider: typeof message === 'string' ? { message } : {}, transportCodes: [] };
  return { threw };
}
