import { context, diag, DiagLogLevel, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { startFaultProvider, type FaultProvider } from '@outspan/fault-provider';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { exporter, provider as tracerProvider, startTracing } from './tracing.ts';

/** Warnings of Outspan since the file began. */
export const warnings: string[] = [];
export let provider: FaultProvider;

const ignore = (): void => undefined;

/** What a file of tests of `observe(client)` needs: the wire is traced, and a provider answers. Called once, at its top. */
export function traceObserved(): void {
  let undici: UndiciInstrumentation;
  beforeAll(async () => {
    diag.setLogger({ error: ignore, warn: (...args: unknown[]) => void warnings.push(args.join(' ')), info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
    startTracing();
    undici = new UndiciInstrumentation();
    provider = await startFaultProvider({ retryAfterSeconds: 0 });
  });
  afterAll(async () => {
    undici.disable();
    trace.disable();
    context.disable();
    diag.disable();
    await provider.close();
  });
  beforeEach(() => exporter.reset());
}

/** The operations of a test, in the order of their ends. */
export async function operations(): Promise<readonly ReadableSpan[]> {
  await tracerProvider.forceFlush();
  return exporter.getFinishedSpans().filter(({ attributes }) => 'gen_ai.operation.name' in attributes);
}

/** The boundaries of the operations. */
export async function boundaries(): Promise<readonly unknown[]> {
  return (await operations()).map(({ attributes }) => attributes['outspan.operation.boundary']);
}

/** Makes a call before the instrumentation is off, while it is off, and after it is on again; leaves it off. */
export async function callOffAndOn(instrumentation: { enable(): void; disable(): void }, call: () => Promise<unknown>): Promise<void> {
  await call();
  instrumentation.disable();
  await call();
  instrumentation.enable();
  await call();
  instrumentation.disable();
}
