import workerThreads from 'node:worker_threads';
import { diag, isGranted, trace, whenTracerProviderRegistered, writeStderr } from '@outspan/core';
import type { OutspanInstrumentation } from '@outspan/core';
import { showTreeBeside } from './console-tree/beside.ts';
import { enabledInstrumentations, liveInstrumentations } from './instrumentations.ts';
import { isSupportedNode, unsupportedNodeMessage } from './node-version.ts';
import { announceOtherVersion, processState } from './process-state.ts';
import { sayStart } from './start-line.ts';

/** Whether an entry has something to do in this thread, and is not the second of its kind. */
export function begins(entry: 'register' | 'instrument'): boolean {
  // The thread of Node's asynchronous module loader runs preloaded modules too. No application runs there.
  if (workerThreads.isInternalThread) return false;
  const state = processState();
  const before = state.started;
  if (before !== undefined) announceOtherVersion();
  // What `instrument` did is part of what `register` does.
  if (before === 'register' || before === entry) {
    if (before !== entry) diag.debug(`already started by @outspan/node/${before}, @outspan/node/${entry} has nothing to do`);
    return false;
  }
  state.started = entry;
  const { node } = process.versions;
  if (!isSupportedNode(node)) {
    if (before === undefined) writeStderr(unsupportedNodeMessage(node));
    return false;
  }
  if (!isGranted({ name: 'env' })) {
    if (before === undefined) writeStderr('[outspan] warn: needs to read the environment (deno run --allow-env): nothing is instrumented, the application runs as without it');
    return false;
  }
  return process.env['OTEL_SDK_DISABLED']?.trim().toLowerCase() !== 'true';
}

/** Whatever goes wrong here is said and stays here: the application starts as it would have. */
export function guarded(start: () => void): void {
  try {
    start();
  } catch (error) {
    diag.error('could not start, calls are not traced', error);
  }
}

/** Every instrumentation that the variables leave on, live. */
export function instrumentations(): OutspanInstrumentation[] {
  return liveInstrumentations(enabledInstrumentations(process.env), {});
}

/** The instrumentations alone, for an application that starts an SDK of its own, before or after. */
export function instrument(): void {
  beside(instrumentations());
}

/** What there is to do, once, for an application with an SDK of its own. */
export function beside(live: readonly OutspanInstrumentation[]): void {
  const state = processState();
  if (state.told === true) return;
  state.told = true;
  if (process.env['OUTSPAN_CONSOLE']?.trim().toLowerCase() === 'tree') whenTracerProviderRegistered(showTreeBeside);
  sayStart(live, () => `the OpenTelemetry SDK that ${trace.getTracerProvider() === undefined ? 'the application starts' : 'is running'}`);
}
