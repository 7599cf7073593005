import type { SpanContext } from '@opentelemetry/api';
import { context, guard } from '@outspan/core';
import type { Step, StepResult, StepSubject } from '@outspan/core';
import { isObject } from '@outspan/sdk-boundary';
import type { SdkTracing } from '@outspan/sdk-boundary';
import { outcomeIn } from './outcome.ts';
import type { RunEnd, RunOutcome } from './outcome.ts';
import { failureOf, resultOf } from './failure.ts';

type Facts = Readonly<Record<string, unknown>>;

/** Traces and spans of the SDK that are known at once: those that nobody ends must not pile up. */
const MOST = 10_000;

/** Milliseconds after which a workflow of several runs is over whose last agent failed: of one that throws, the SDK does not tell the end. */
const ENDS_AFTER_FAILURE = 5_000;

/** What each of the SDK's spans is. Turns and model calls are part of what they are in. */
const SUBJECTS: Readonly<Record<string, (data: Facts) => StepSubject>> = {
  agent: ({ name }) => ({ kind: 'agent', ...(typeof name === 'string' && { name }) }),
  function: ({ mcp_data: mcp, name }) => ({ kind: 'tool', name: typeof name === 'string' ? name : 'function', type: mcp === undefined ? 'function' : 'extension' }),
  guardrail: ({ name }) => ({ kind: 'guardrail', ...(typeof name === 'string' && { name }) }),
  handoff: ({ from_agent: from }) => ({ kind: 'handoff', ...(typeof from === 'string' && { from }) }),
};

/** A span of the SDK. */
interface ToldSpan extends Facts {
  readonly spanId: string;
}

/** A step, or what is part of it. */
interface Place {
  readonly step: Step;
  readonly outcome: RunOutcome | undefined;
  /** Of the SDK. */
  readonly span: Facts | undefined;
  /** What the SDK tells of an agent's turns: the newer versions of them, all of the calls in them. */
  turns: number;
  calls: number;
}

/** Work on its way from one agent to another. */
interface Handoff {
  readonly from: string | undefined;
  readonly to: string;
  readonly span: SpanContext;
}

/**
 * A trace processor of the SDK. The SDK may tell it of a start late, after other processors: what is known to have been
 * created, or is asked for, is started then.
 */
export class Runs {
  readonly #tracing: SdkTracing;
  readonly #currentTrace: () => unknown;
  /** By the id of a trace or span of the SDK. */
  readonly #places = new Map<string, Place | undefined>();
  /** By the step that one agent was, and the next will be, beneath. */
  readonly #handoffs = new WeakMap<Step, Handoff>();
  #stopped = false;
  #starting = false;

  constructor(tracing: SdkTracing, currentTrace: () => unknown) {
    this.#tracing = tracing;
    this.#currentTrace = currentTrace;
  }

  /** The agent or tool at work, by the SDK's current span and trace. */
  at(span: unknown, trace: unknown): Step | undefined {
    if (this.#starting || this.#stopped) return undefined;
    // The SDK waits until it has told of a trace: one that is not known is one that says nothing.
    return (isTold(span) ? this.#ofSpan(span, trace) : this.#open(isObject(trace) ? trace['traceId'] : undefined))?.step;
  }

  /** The current span is that of a tool, which starts. */
  toolStarts(span: unknown, trace: unknown, tool: unknown, details: unknown): void {
    const subject = this.at(span, trace)?.subject;
    if (subject?.kind !== 'tool' || !isObject(tool)) return;
    const call = isObject(details) ? details['toolCall'] : undefined;
    const callId = isObject(call) ? call['callId'] : undefined;
    if (typeof callId === 'string') subject.callId = callId;
    if (typeof tool['description'] === 'string') subject.description = tool['description'];
  }

  onTraceStart(trace: unknown): Promise<void> {
    guard('following a run', () => this.#ofTrace(trace));
    return Promise.resolve();
  }

  onTraceEnd(trace: unknown): Promise<void> {
    guard('ending a run', () => {
      const id = isObject(trace) ? trace['traceId'] : undefined;
      if (typeof id !== 'string') return;
      const place = this.#places.get(id);
      this.#places.delete(id);
      // A run that failed says so nowhere but on its last agent.
      place?.step.end(place.outcome?.left === true ? 'cancelled' : 'returned_answer');
    });
    return Promise.resolve();
  }

  /** The SDK starts what it creates at once, and tells of it when the processors before this one are done with it: that may be after its end. */
  created(span: unknown): void {
    guard('following an agent', () => isTold(span) && typeof span['endedAt'] !== 'string' && this.#ofSpan(span, this.#currentTrace()));
  }

  onSpanStart(span: unknown): Promise<void> {
    this.created(span);
    return Promise.resolve();
  }

  onSpanEnd(span: unknown): Promise<void> {
    guard('ending an agent', () => {
      if (!isObject(span) || typeof span['spanId'] !== 'string') return;
      const place = this.#places.get(span['spanId']);
      const data = dataOf(span);
      if (place === undefined || typeof data['type'] !== 'string' || !(data['type'] in SUBJECTS)) this.#places.delete(span['spanId']);
      // What went wrong is known when it has come out of the run.
      else if (!isObject(span['error']) || data['type'] === 'function' || place.outcome === undefined || place.outcome.end !== undefined) this.#end(span, place, undefined);
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
    this.#places.clear();
  }

  #ofTrace(trace: unknown): Place | undefined {
    if (!isObject(trace) || typeof trace['traceId'] !== 'string') return undefined;
    const { groupId, name, traceId } = trace;
    return this.#known(traceId, () => {
      const outcome = outcomeIn(context.active());
      const place = this.#start({ kind: 'workflow', ...(typeof name === 'string' && { name }), ...(typeof groupId === 'string' && { conversationId: groupId }) }, undefined, undefined, outcome);
      if (place === undefined || outcome?.alone !== true) return place;
      // Of a run that failed, or was taken up again, the SDK tells no end.
      outcome.whenEnded((end) => {
        if (this.#places.get(traceId) === place) this.#places.delete(traceId);
        place.step.end(endOfWorkflow(end));
      });
      return place;
    });
  }

  #ofSpan(span: ToldSpan, trace: unknown): Place | undefined {
    const { parentId, spanId, traceId } = span;
    return this.#known(spanId, () => {
      const parent = this.#open(parentId) ?? this.#open(traceId) ?? this.#ofTrace(trace);
      const data = dataOf(span);
      const subject = typeof data['type'] === 'string' ? SUBJECTS[data['type']]?.(data) : undefined;
      if (subject === undefined) {
        if (parent !== undefined) count(parent, data['type']);
        return parent;
      }
      return this.#begin(subject, parent, span);
    });
  }

  #begin(subject: StepSubject, parent: Place | undefined, span: Facts): Place | undefined {
    const outcome = outcomeIn(context.active());
    const place = this.#start(subject, parent, span, outcome);
    if (place !== undefined) outcome?.whenEnded((end) => {
      // An agent whose run is over is at work no more, be it that it waits for an approval.
      if (!place.step.ended && (subject.kind === 'agent' || isObject(span['error']))) this.#end(span, place, end);
    });
    return place;
  }

  /** What is at work under an id. An agent that waited for an approval is the same to the SDK when it goes on. */
  #open(id: unknown): Place | undefined {
    if (typeof id !== 'string') return undefined;
    const place = this.#places.get(id);
    if (place?.span === undefined || !place.step.ended) return place;
    const { span, step } = place;
    const again = this.#begin({ kind: 'agent', ...(step.agentName !== undefined && { name: step.agentName }) }, this.#open(span['traceId']) ?? this.#ofTrace(this.#currentTrace()), span);
    this.#places.set(id, again);
    return again;
  }

  #known(id: string, start: () => Place | undefined): Place | undefined {
    if (this.#places.has(id) || this.#stopped) return this.#open(id);
    const place = start();
    this.#places.set(id, place);
    if (this.#places.size > MOST) for (const [oldest] of this.#places) {
      this.#places.delete(oldest);
      break;
    }
    return place;
  }

  #start(subject: StepSubject, parent: Place | undefined, span: Facts | undefined, outcome: RunOutcome | undefined): Place | undefined {
    if (outcome !== undefined) outcome.told = true;
    const handoff = subject.kind === 'agent' ? this.#handedTo(subject.name, parent?.step) : undefined;
    const described = {
      subject: { ...subject, ...(handoff?.from !== undefined && { handedOffBy: handoff.from }) },
      ...(subject.kind === 'workflow' && { endsAfterFailure: ENDS_AFTER_FAILURE }),
      // The SDK tells its processors none.
      hasContentOfCalls: subject.kind === 'workflow' || subject.kind === 'agent',
      ...(handoff !== undefined && { follows: handoff.span }),
    };
    const step = this.#unasked(() => this.#tracing.startStep(described, parent?.step.context ?? context.active()));
    return step && { step, span, outcome, turns: 0, calls: 0 };
  }

  /** What starts is beneath what it is started in: it asks what is at work, which would start it again. */
  #unasked<T>(start: () => T): T {
    this.#starting = true;
    try {
      return start();
    } finally {
      this.#starting = false;
    }
  }

  #handedTo(agent: string | undefined, beneath: Step | undefined): Handoff | undefined {
    const handoff = beneath && this.#handoffs.get(beneath);
    if (beneath === undefined || handoff === undefined || handoff.to !== agent) return undefined;
    this.#handoffs.delete(beneath);
    return handoff;
  }

  /** @param end of the run, where the step waited for it */
  #end(span: Facts, { calls, outcome, step, turns }: Place, end: RunEnd | undefined): void {
    // One that has not ended may go on.
    if (typeof span['spanId'] === 'string' && (step.subject.kind !== 'agent' || typeof span['endedAt'] === 'string')) this.#places.delete(span['spanId']);
    const data = dataOf(span);
    const { subject } = step;
    const known = turns > 0 ? turns : calls;
    if (subject.kind === 'agent' && known > 0) subject.turns = known;
    if (subject.kind === 'guardrail' && typeof data['triggered'] === 'boolean' && !isObject(span['error'])) subject.triggered = data['triggered'];
    if (subject.kind === 'handoff' && typeof data['to_agent'] === 'string') {
      subject.to = data['to_agent'];
      // The step around both is the one around the agent that hands over.
      const beneath = step.above?.above;
      if (beneath !== undefined) this.#handoffs.set(beneath, { from: subject.from, to: subject.to, span: step.span.spanContext() });
    }
    const result: StepResult = outcome?.left === true && subject.kind === 'agent' ? 'cancelled' : resultOf(subject.kind, span['error'], end);
    step.end(result, () => ({ toolArguments: data['input'], toolResult: data['output'] }));
  }
}

function endOfWorkflow(end: RunEnd): StepResult {
  if (typeof end !== 'string') return failureOf(end.error);
  // A run that came back with half an answer says so nowhere but on its last agent.
  return end === 'cancelled' ? end : 'returned_answer';
}

/** A turn is one call of the model, and what it asks for. */
function count(place: Place, type: unknown): void {
  if (type === 'turn') place.turns++;
  if (type === 'response' || type === 'generation') place.calls++;
}

function dataOf(span: Facts): Facts {
  return isObject(span['spanData']) ? span['spanData'] : {};
}

/** Where its tracing is off, the SDK has spans that it tells nobody of. */
function isTold(span: unknown): span is ToldSpan {
  return isObject(span) && typeof span['spanId'] === 'string' && span['spanId'] !== 'no-op';
}
