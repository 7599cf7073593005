import { createContextKey } from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import { trace } from '../opentelemetry/providers.ts';
import { withoutOperation } from '../operation/context.ts';
import type { Step } from './step.ts';

// createContextKey is Symbol.for underneath: the ESM and the CJS copy of this package share the key.
const STEP: symbol = createContextKey('outspan.step.v1');

// On the span itself: the ESM and the CJS copy of this package share it.
const STEP_OF_SPAN: unique symbol = Symbol.for('outspan.step-of-span.v1');

/** The innermost workflow, agent or tool that a context belongs to, if any and if it has not ended. */
export function stepOf(context: Context): Step | undefined {
  return underWay(stepOfSpan(trace.getSpan(context))) ?? underWay(context.getValue(STEP));
}

/** Makes what starts right beneath `span` belong to `step`: the span's owner makes the context itself. */
export function placeBeneath(span: Span, step: Step): void {
  Reflect.defineProperty(span, STEP_OF_SPAN, { value: step, configurable: true });
}

function stepOfSpan(span: Span | undefined): unknown {
  return span !== undefined && STEP_OF_SPAN in span ? span[STEP_OF_SPAN] : undefined;
}

function underWay(value: unknown): Step | undefined {
  return isStep(value) && value.endedAt === undefined ? value : undefined;
}

/** A context that belongs to `step`. A call in it is one of its own, whatever call the step was started in. */
export function withStep(context: Context, step: Step): Context {
  return withoutOperation(context).setValue(STEP, step);
}

// Not instanceof: the step may come from this package's other copy.
function isStep(value: unknown): value is Step {
  return typeof value === 'object' && value !== null && 'workStarted' in value && 'endedAt' in value;
}
