import type { TracerProvider } from '@opentelemetry/api';
import { guard } from '../guard.ts';

const HOOKS = Symbol.for('outspan.provider-hooks.v1');

interface Hooks {
  readonly onFlush: Set<() => void>;
  readonly onShutdown: Set<() => void>;
}

type Flushable = TracerProvider & { forceFlush: (...args: unknown[]) => unknown; shutdown: (...args: unknown[]) => unknown; [HOOKS]?: Hooks };

/**
 * Runs `onFlush` before the provider flushes and `onShutdown` before it shuts down, so that spans which wait
 * for a retry, or for an exchange that will never end, are ended in time to be exported. No-op for providers
 * that have neither method.
 */
export function beforeFlush(provider: TracerProvider, onFlush: () => void, onShutdown: () => void): void {
  if (!isFlushable(provider)) return;
  const hooks = provider[HOOKS] ?? hook(provider);
  hooks.onFlush.add(onFlush);
  hooks.onShutdown.add(onShutdown);
}

function hook(provider: Flushable): Hooks {
  const hooks: Hooks = { onFlush: new Set(), onShutdown: new Set() };
  const { forceFlush, shutdown } = provider;
  Object.defineProperty(provider, HOOKS, { value: hooks });
  provider.forceFlush = (...args) => {
    for (const run of hooks.onFlush) guard('flushing', run);
    return Reflect.apply(forceFlush, provider, args);
  };
  provider.shutdown = (...args) => {
    for (const run of hooks.onShutdown) guard('shutting down', run);
    return Reflect.apply(shutdown, provider, args);
  };
  return hooks;
}

function isFlushable(provider: TracerProvider): provider is Flushable {
  return 'forceFlush' in provider && typeof provider.forceFlush === 'function' && 'shutdown' in provider && typeof provider.shutdown === 'function';
}
