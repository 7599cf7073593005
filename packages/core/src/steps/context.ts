import { createContextKey } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { withoutOperation } from '../operation/context.ts';
import type { Step } from './step.ts';

// createContextKey is Symbol.for underneath: the ESM and the CJS copy of this package share the key.
const STEP: symbol = createContextKey('outspan.step.v1');

/** The innermost workflow, agent or tool that a context belongs to, if any and if it has not ended. */
export function stepOf(context: Context): Step | undefined {
  const value = context.getValue(STEP);
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
