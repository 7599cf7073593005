import { inspect } from './inspection.ts';
import { diag } from './opentelemetry/diag.ts';

const MAX_CAUSES = 200;
const announced = new Set<string>();

/**
 * Warns of something, once per cause and process.
 *
 * @param cause a low-cardinality name of what is announced; the same cause is not announced again
 * @param message what a reader should know, and do
 */
export function announce(cause: string, message: string): void {
  if (announced.has(cause) || announced.size >= MAX_CAUSES) return;
  announced.add(cause);
  inspect(() => ({ kind: 'announcement', cause }));
  diag.warn(message);
}

/**
 * Runs a step of telemetry so that it can never fail its host: what it throws goes to `diag`, once per step.
 *
 * @param step names the step, for the message
 * @param run the step
 * @returns what `run` returned, or undefined where it threw
 */
export function guard<T>(step: string, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    report(step, error);
    return undefined;
  }
}

/** Reports what a step of telemetry threw. Never throws itself, whatever was thrown. */
export function report(step: string, error: unknown): void {
  let what = 'an unprintable value';
  try {
    // The stack of our own error holds no content; a message could echo a value, so only its type is told.
    what = error instanceof Error ? (error.stack ?? error.name).replace(error.message, '…') : typeof error;
  } catch {
    // A thrown Proxy or a getter that throws: the type alone must do.
  }
  announce(`guard:${step}`, `${step} failed; telemetry of the calls concerned is incomplete: ${what}`);
}
