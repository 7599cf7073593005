import { guard, provideStep } from '@outspan/core';
import { interpose, isFunction, isObject } from '@outspan/sdk-boundary';
import type { Sdk, SdkTracing } from '@outspan/sdk-boundary';
import { followRun } from './outcome.ts';
import { Runs } from './runs.ts';

/** What a copy of the SDK offers to those who trace it. */
interface Tracing {
  readonly currentSpan: () => unknown;
  readonly currentTrace: () => unknown;
  /** Follows what the SDK traces, once it is observed. */
  runs?: Runs;
}

/** By what is observed: the one trace provider of the SDK, and its runners' class. */
const tracings = new WeakMap<object, Tracing>();

/** The Agents SDK, by the package of it that runs agents. */
export const AGENTS: Sdk = {
  name: '@openai/agents',
  tested: { from: '0.3.0', below: '0.21.0' },
  files: ['@openai/agents-core/dist/index.js', '@openai/agents-core/dist/index.mjs', '@openai/agents/dist/index.js', '@openai/agents/dist/index.mjs'],
  targets(exports) {
    const targets = targetsIn(exports);
    const tracing = targets.length === 0 ? undefined : tracingOf(exports);
    if (tracing === undefined) return [];
    for (const target of targets) if (!tracings.has(target)) tracings.set(target, tracing);
    return targets;
  },
  observe(target, tracing) {
    const sdk = tracings.get(target);
    return 'registerProcessor' in target ? observeProvider(target, tracing, sdk) : observeRunner(target, sdk);
  },
};

function targetsIn(exports: unknown): readonly object[] {
  if (!isObject(exports)) return [];
  const { getGlobalTraceProvider, Runner } = exports;
  const provider: unknown = isFunction(getGlobalTraceProvider) ? Reflect.apply(getGlobalTraceProvider, undefined, []) : undefined;
  if (!isObject(provider) || !isFunction(provider['registerProcessor'])) return [];
  const runner: unknown = isFunction(Runner) ? Runner.prototype : undefined;
  return isObject(runner) && isFunction(runner['run']) ? [provider, runner] : [provider];
}

function tracingOf(exports: unknown): Tracing | undefined {
  if (!isObject(exports)) return undefined;
  const { getCurrentSpan, getCurrentTrace } = exports;
  if (!isFunction(getCurrentSpan) || !isFunction(getCurrentTrace)) return undefined;
  return { currentSpan: () => Reflect.apply(getCurrentSpan, undefined, []), currentTrace: () => Reflect.apply(getCurrentTrace, undefined, []) };
}

function observeProvider(provider: object, tracing: SdkTracing, sdk: Tracing | undefined): () => void {
  const runs = new Runs(tracing, () => sdk?.currentTrace());
  if (sdk !== undefined) sdk.runs = runs;
  const register: unknown = Reflect.get(provider, 'registerProcessor');
  const join = (): void => {
    if (isFunction(register)) Reflect.apply(register, provider, [runs]);
  };
  join();
  // Who sets processors takes all others away, those of `@openai/agents` itself included, which it sets when it is loaded.
  const leaveSetting = interpose(provider, 'setProcessors', ({ run }) => {
    const result = run();
    join();
    return result;
  });
  const leaveCreating = interpose(provider, 'createSpan', ({ run }) => {
    const span = run();
    runs.created(span);
    return span;
  });
  const leaveFinding = sdk && provideStep(() => runs.at(sdk.currentSpan(), sdk.currentTrace()));
  return () => {
    // A processor cannot be taken back.
    runs.stop();
    leaveSetting?.();
    leaveCreating?.();
    leaveFinding?.();
  };
}

function observeRunner(runner: object, sdk: Tracing | undefined): () => void {
  const leave = interpose(runner, 'run', (call) => followRun(call, () => isObject(sdk?.currentTrace())));
  // Its spans do not say which call of the model's a tool answers; the hooks of a run do.
  const leaveTelling = interpose(runner, 'emit', ({ args, run }) => {
    guard('following a tool', () => args[0] === 'agent_tool_start' && sdk?.runs?.toolStarts(sdk.currentSpan(), sdk.currentTrace(), args[3], args[4]));
    return run();
  });
  return () => {
    leave?.();
    leaveTelling?.();
  };
}
