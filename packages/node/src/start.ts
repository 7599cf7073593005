import workerThreads from 'node:worker_threads';
import { diag } from '@opentelemetry/api';
import { registerInstrumentations, type Instrumentation } from '@opentelemetry/instrumentation';
import { guard } from '@outspan/core';
import { checkEnvironment } from './environment/check.ts';
import { keepExports, retryLimits } from './export-retry/keep-exports.ts';
import type { RetryLimits } from './export-retry/kept-batches.ts';
import { flushAtEnd, flushTimeout, type Telemetry } from './flush.ts';
import { enabledInstrumentations, liveInstrumentations } from './instrumentations.ts';
import { prepareLastExport } from './last-export/last-export.ts';
import { hookModules } from './module-hook.ts';
import { hookedModules } from './hooked-modules.ts';
import { isSupportedNode, unsupportedNodeMessage } from './node-version.ts';
import { forceFlush, registeredGlobally } from './opentelemetry-globals.ts';
import { announceOtherVersion, processState } from './process-state.ts';
import { isSelfObserved, keepSelfObservationAside } from './self-observation.ts';
import { startSdk, type RunningSdk } from './start-sdk.ts';
import { logLevel, StderrLogger } from './stderr-log.ts';
import { writeStderr } from './stderr.ts';

/** Whether this entry has something to do in this thread, and is not the second of its kind. */
function begins(entry: 'register' | 'instrument'): boolean {
  // The thread of Node's asynchronous module loader runs preloaded modules too. No application runs there.
  if (workerThreads.isInternalThread) return false;
  const state = processState();
  const before = state.started;
  if (before !== undefined) announceOtherVersion();
  // What `instrument` did is part of what `register` does.
  if (before === 'register' || before === entry) {
    if (before !== entry) diag.debug(`outspan: already started by @outspan/node/${before}, @outspan/node/${entry} has nothing to do`);
    return false;
  }
  state.started = entry;
  const { node } = process.versions;
  if (!isSupportedNode(node)) {
    if (before === undefined) writeStderr(unsupportedNodeMessage(node));
    return false;
  }
  return process.env['OTEL_SDK_DISABLED']?.trim().toLowerCase() !== 'true';
}

/** Whatever goes wrong here is said and stays here: the application starts as it would have. */
function guarded(start: () => void): void {
  try {
    start();
  } catch (error) {
    diag.error('outspan: could not start, calls are not traced', error);
  }
}

function instrumentations(): Instrumentation[] {
  const live = liveInstrumentations(enabledInstrumentations(process.env), {});
  hookModules(hookedModules(live));
  return live;
}

/** Ends what an instrumentation holds open, such as a call that is waited on for a retry. */
async function flushInstrumentation(instrumentation: Instrumentation): Promise<void> {
  try {
    if ('flush' in instrumentation && typeof instrumentation.flush === 'function') await instrumentation.flush();
  } catch (error) {
    diag.debug('outspan: an instrumentation could not flush', error);
  }
}

/** Ends what an instrumentation has under way when the process ends. */
function interruptInstrumentation(instrumentation: Instrumentation): void {
  if ('interrupt' in instrumentation && typeof instrumentation.interrupt === 'function') instrumentation.interrupt();
}

function telemetry(sdk: RunningSdk, live: readonly Instrumentation[], limits: RetryLimits): Telemetry {
  guard('setting the SDK’s own metrics aside', keepSelfObservationAside);
  const kept = guard('keeping what could not be exported', () => keepExports(limits, isSelfObserved(process.env))) ?? [];
  const deliver = guard('following the exporters', () => prepareLastExport(kept));
  const settle = async (): Promise<void> => {
    await Promise.all(live.map(flushInstrumentation));
  };
  const shutDown = async (): Promise<void> => {
    await settle();
    try {
      await sdk.shutdown();
    } catch (error) {
      diag.error('outspan: the last export failed', error);
    }
  };
  let ended: Promise<void> | undefined;
  return {
    interrupt() {
      for (const one of live) guard('ending calls at exit', () => interruptInstrumentation(one));
    },
    deliver(timeout) {
      return guard('the last export', () => deliver?.(timeout));
    },
    async flush() {
      await settle();
      await Promise.all([forceFlush('trace'), forceFlush('metrics'), forceFlush('logs')]);
    },
    shutdown() {
      // A signal may come while the process is ending by itself.
      ended ??= shutDown();
      return ended;
    },
  };
}

/** `@outspan/node/register`: starts the OpenTelemetry SDK from the standard variables with every instrumentation on. */
export function register(): void {
  if (!begins('register')) return;
  guarded(() => {
    const environment = checkEnvironment(process.env);
    if (registeredGlobally('diag') === undefined) {
      diag.setLogger(new StderrLogger(writeStderr), { logLevel: logLevel(environment.values['OTEL_LOG_LEVEL']) });
    }
    if (registeredGlobally('trace') !== undefined) {
      diag.warn('outspan: a tracer provider is already registered, so no SDK is started: calls are recorded to the one that is there, as by @outspan/node/instrument');
      instrument();
      return;
    }
    for (const complaint of environment.complaints) diag.warn(`outspan: ${complaint}`);
    const live = instrumentations();
    const sdk = startSdk(environment, live);
    flushAtEnd(telemetry(sdk, live, retryLimits(environment.values)), flushTimeout(environment.values));
  });
}

function instrument(): void {
  const live = instrumentations();
  registerInstrumentations({ instrumentations: live });
}

/** `@outspan/node/instrument`: the instrumentations alone, for an application that starts an SDK of its own, before or after. */
export function registerInstrumentationsOnly(): void {
  if (begins('instrument')) guarded(instrument);
}
