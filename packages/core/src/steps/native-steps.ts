import { SpanStatusCode } from '@opentelemetry/api';
import type { Attributes, Context, Span, SpanStatus } from '@opentelemetry/api';
import { context } from '../opentelemetry/context.ts';
import { guard } from '../guard.ts';
import { ATTR } from '../telemetry/names.ts';
import { nativeOutcomeOf, tracesSteps, whenEnding, withholdStatus } from '../telemetry/native-spans.ts';
import { attributeOf, eventsOf, removeAttributes } from '../telemetry/span-members.ts';
import type { SpanStart, SpanStartWatcher } from '../telemetry/span-starts.ts';
import { stepSpanName } from '../telemetry/step-span.ts';
import { placeBeneath, stepOf } from './context.ts';
import type { StepContent, StepResult, StepSubject } from './step.ts';
import type { StepTracker } from './step-tracker.ts';

/** How an SDK traces its own tools and agents. */
export interface NativeStepTracing {
  /** Whether a span may be one of the SDK's. Called for each span that anybody starts: it must be cheap. */
  wants(name: string, scope: string): boolean;
  /** Reads what a span stands for. Undefined if it is no step. */
  subjectOf(attributes: Attributes): StepSubject | undefined;
  /** Reads how the step went from the span, and from the status that the SDK gave it. */
  resultOf(span: Span, subject: StepSubject, status: SpanStatus | undefined): StepResult;
  /** Reads the content that the SDK wrote on its span. */
  contentOf?(span: Span): StepContent;
  /** Attributes of the SDK's span that the conventions have on calls only. Present where the span gets the name of the conventions too. */
  readonly renamed?: { readonly without: readonly string[] };
}

/** The AI SDK 5 and 6 make a span of each tool that they execute. It says the tool's name and the call's id, and no more of the model's call. */
export const AI_SDK_TOOLS: NativeStepTracing = {
  wants: (name) => name === 'ai.toolCall',
  subjectOf({ 'ai.toolCall.name': name, 'ai.toolCall.id': callId }) {
    return typeof name === 'string' ? { kind: 'tool', name, type: 'function', ...(typeof callId === 'string' && { callId }) } : undefined;
  },
  resultOf(span, _subject, status) {
    if (status?.code !== SpanStatusCode.ERROR) return 'returned';
    const name = nameOfException(span);
    if (name === 'AbortError') return 'cancelled';
    return name === undefined ? { failed: 'tool_error' } : { threw: { names: [name], provider: {}, transportCodes: [] } };
  },
};

/** The Anthropic SDK from 1.0 on makes a span of each run of its tool runner, and of each tool in it. */
export const ANTHROPIC_STEPS: NativeStepTracing = {
  wants: (_name, scope) => tracesSteps(scope),
  subjectOf(attributes) {
    const text = (name: string): string | undefined => (typeof attributes[name] === 'string' ? attributes[name] : undefined);
    const conversationId = text(ATTR.conversationId);
    const conversation = conversationId === undefined ? {} : { conversationId };
    switch (attributes[ATTR.operationName]) {
      case 'invoke_agent':
        return { kind: 'agent', ...conversation };
      case 'execute_tool': {
        const [callId, description, type] = [text(ATTR.toolCallId), text(ATTR.toolDescription), text(ATTR.toolType)];
        return { kind: 'tool', name: text(ATTR.toolName) ?? 'function', ...(type !== undefined && { type }), ...(callId !== undefined && { callId }), ...(description !== undefined && { description }), ...conversation };
      }
      default:
        return undefined;
    }
  },
  resultOf(span, { kind }, status) {
    // The SDK leaves the status unset for what the application stopped.
    if (status === undefined) return 'cancelled';
    if (status.code === SpanStatusCode.OK) return kind === 'agent' ? 'returned_answer' : 'returned';
    const { errorType } = nativeOutcomeOf(span);
    return kind === 'agent' ? { threw: { names: [], provider: errorType === undefined ? {} : { type: errorType }, transportCodes: [] } } : { failed: 'tool_error' };
  },
  // It is there if the SDK's own content mode is on.
  contentOf: (span) => ({ toolResult: parsed(attributeOf(span, 'anthropic.tool_result.content')) }),
  renamed: { without: [ATTR.providerName] },
};

/** Makes steps of the spans that an SDK makes of its tools and agents. */
export class NativeSteps implements SpanStartWatcher {
  readonly #steps: StepTracker;
  readonly #tracing: NativeStepTracing;
  readonly #enabled: () => boolean;

  constructor(steps: StepTracker, tracing: NativeStepTracing, enabled = (): boolean => true) {
    this.#steps = steps;
    this.#tracing = tracing;
    this.#enabled = enabled;
  }

  wants(name: string, scope: string): boolean {
    return this.#tracing.wants(name, scope) && this.#enabled();
  }

  start({ context: parent, options }: SpanStart, startIn: (context: Context | undefined) => Span): Span {
    const span = startIn(parent);
    guard('adopting a span', () => this.#adopt(span, parent ?? context.active(), options?.attributes ?? {}));
    return span;
  }

  #adopt(span: Span, parent: Context, attributes: Attributes): void {
    const subject = this.#tracing.subjectOf(attributes);
    if (subject === undefined) {
      // The SDK makes its request in the span of the call: the step is one span further up.
      const above = stepOf(parent);
      if (above !== undefined) placeBeneath(span, above);
      return;
    }
    // The SDK says which call of the model's this is, and the answer says its arguments.
    const toolArguments = subject.kind === 'tool' && subject.callId !== undefined ? stepOf(parent)?.argumentsOf(subject.callId) : undefined;
    const step = this.#steps.start({ subject, parent, adopted: span, hasContentOfCalls: subject.kind === 'agent', content: () => ({ toolArguments }) });
    if (step === undefined) return;
    placeBeneath(span, step);
    const { renamed } = this.#tracing;
    if (renamed !== undefined) {
      span.updateName(stepSpanName(subject));
      removeAttributes(span, renamed.without);
    }
    const releaseStatus = withholdStatus(span);
    whenEnding(span, () => {
      const status = releaseStatus();
      const result = this.#tracing.resultOf(span, subject, status);
      if (status?.code === SpanStatusCode.ERROR && result !== 'cancelled') span.setStatus(status);
      if (subject.kind === 'agent') subject.turns = step.inferenceCalls;
      step.end(result, () => this.#tracing.contentOf?.(span) ?? {});
    });
  }
}

function nameOfException(span: Span): string | undefined {
  return eventsOf(span).map((event) => attributeOf(event, 'exception.type')).find((name) => typeof name === 'string');
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
