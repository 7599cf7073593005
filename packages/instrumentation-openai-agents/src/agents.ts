import { provideStep } from '@outspan/core';
import { interpose, isFunction, isObject } from '@outspan/sdk-boundary';
import type { Sdk, SdkTracing } from '@outspan/sdk-boundary';
import { Runs } from './runs.ts';

/** What a copy of the SDK offers to those who trace it. */
interface Tracing {
  /** Its one trace provider. */
  readonly provider: object;
  readonly currentSpan: () => unknown;
  readonly currentTrace: () => unknown;
}

/** By the provider, which is what is observed. */
const tracings = new WeakMap<object, Tracing>();

/** The Agents SDK, by the package of it that runs agents. */
export const AGENTS: Sdk = {
  name: '@openai/agents',
  tested: { from: '0.3.0', below: '0.21.0' },
  files: ['@openai/agents-core/dist/index.js', '@openai/agents-core/dist/index.mjs', '@openai/agents/dist/index.js', '@openai/agents/dist/index.mjs'],
  specifiers: ['@openai/agents-core'],
  targets(exports) {
    const tracing = tracingOf(exports);
    if (tracing === undefined) return [];
    tracings.set(tracing.provider, tracing);
    return [tracing.provider];
  },
  observe(provider, tracing) {
    return observeProvider(provider, tracing);
  },
};

function tracingOf(exports: unknown): Tracing | undefined {
  if (!isObject(exports)) return undefined;
  const { getCurrentSpan, getCurrentTrace, getGlobalTraceProvider } = exports;
  if (!isFunction(getGlobalTraceProvider) || !isFunction(getCurrentSpan) || !isFunction(getCurrentTrace)) return undefined;
  const provider: unknown = Reflect.apply(getGlobalTraceProvider, undefined, []);
  if (!isObject(provider) || !isFunction(provider['registerProcessor'])) return undefined;
  return { provider, currentSpan: () => Reflect.apply(getCurrentSpan, undefined, []), currentTrace: () => Reflect.apply(getCurrentTrace, undefined, []) };
}

function observeProvider(provider: object, tracing: SdkTracing): () => void {
  const sdk = tracings.get(provider);
  const runs = new Runs(tracing);
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
  const leaveFinding = sdk && provideStep(() => runs.at(sdk.currentSpan(), sdk.currentTrace()));
  return () => {
    // A processor cannot be taken back.
    runs.stop();
    leaveSetting?.();
    leaveFinding?.();
  };
}
