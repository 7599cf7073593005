import type { Context } from '@opentelemetry/api';
import { trace } from '../opentelemetry/providers.ts';
import { guard } from '../guard.ts';
import { inCall } from '../operation/context.ts';
import { stepOf, withStep } from './context.ts';
import type { Step } from './step.ts';

/** Says which agent or tool of a framework is at work here, by what the framework itself keeps of that. */
export type FindStep = () => Step | undefined;

// On the global object: the ESM and the CJS copy of this package share it.
const FINDERS: symbol = Symbol.for('outspan.ambient-steps.v1');

/**
 * For frameworks that cannot be made to run their work in a step's context, but that know at any time what is under way: calls
 * and steps that start outside of any other are beneath the step that `find` says.
 *
 * @returns what takes it back
 */
export function provideStep(find: FindStep): () => void {
  const finders = findersOf();
  finders.add(find);
  return () => void finders.delete(find);
}

/** The context that what starts in `context` belongs in. */
export function placed(context: Context): Context {
  const finders: unknown = Reflect.get(globalThis, FINDERS);
  if (!isFinders(finders) || finders.size === 0 || inCall(context) || stepOf(context) !== undefined) return context;
  for (const find of finders) {
    const step = guard('asking a framework what is under way', find);
    if (step !== undefined && step.endedAt === undefined) return withStep(trace.setSpan(context, step.span), step);
  }
  return context;
}

function findersOf(): Set<FindStep> {
  const known: unknown = Reflect.get(globalThis, FINDERS);
  if (isFinders(known)) return known;
  const finders = new Set<FindStep>();
  Reflect.defineProperty(globalThis, FINDERS, { value: finders, configurable: true });
  return finders;
}

function isFinders(value: unknown): value is Set<FindStep> {
  return value instanceof Set;
}
