import { SpanStatusCode } from '@opentelemetry/api';
import type { Context, Span, SpanStatus } from '@opentelemetry/api';
import { context } from '../opentelemetry/context.ts';
import { guard } from '../guard.ts';
import { whenEnding, withholdStatus } from '../telemetry/native-spans.ts';
import { attributeOf, eventsOf } from '../telemetry/span-members.ts';
import type { SpanStart, SpanStartWatcher } from '../telemetry/span-starts.ts';
import type { StepResult } from './step.ts';
import type { StepTracker } from './step-tracker.ts';

/** The AI SDK 5 and 6 make a span of each tool that they execute, and of what model calls it to whom say no more than its name and the call's id. */
const SPAN = 'ai.toolCall';

/** Makes steps of the spans that an SDK makes of its tools. */
export class NativeTools implements SpanStartWatcher {
  readonly #steps: StepTracker;

  constructor(steps: StepTracker) {
    this.#steps = steps;
  }

  wants(name: string): boolean {
    return name === SPAN;
  }

  start({ context: parent, options }: SpanStart, startIn: (context: Context | undefined) => Span): Span {
    const span = startIn(parent);
    const { 'ai.toolCall.name': name, 'ai.toolCall.id': callId } = options?.attributes ?? {};
    if (!span.isRecording() || typeof name !== 'string') return span;
    guard('adopting a span', () => {
      const step = this.#steps.start({
        subject: { kind: 'tool', name, type: 'function', ...(typeof callId === 'string' && { callId }) },
        parent: parent ?? context.active(),
        adopted: span,
      });
      if (step === undefined) return;
      const releaseStatus = withholdStatus(span);
      whenEnding(span, () => {
        const status = releaseStatus();
        const result = resultOf(span, status);
        if (status !== undefined && result !== 'cancelled') span.setStatus(status);
        step.end(result);
      });
    });
    return span;
  }
}

/** What the SDK says of it. */
function resultOf(span: Span, status: SpanStatus | undefined): StepResult {
  if (status?.code !== SpanStatusCode.ERROR) return 'returned';
  const name = nameOfException(span);
  if (name === 'AbortError') return 'cancelled';
  return name === undefined ? { failed: 'tool_error' } : { threw: { names: [name], provider: {}, transportCodes: [] } };
}

function nameOfException(span: Span): string | undefined {
  return eventsOf(span).map((event) => attributeOf(event, 'exception.type')).find((name) => typeof name === 'string');
}
