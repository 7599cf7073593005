import type * as DiagnosticsChannel from 'node:diagnostics_channel';
import { report } from '../guard.ts';

/** Names of diagnostics channels, and what hears them. */
export type ChannelHandlers = readonly (readonly [name: string, handle: (message: unknown) => void])[];

/** The names of the functions that listen to a channel, as far as Node shows them. */
export function listenersOf(name: string): readonly string[] {
  const channels: typeof DiagnosticsChannel | undefined = globalThis.process?.getBuiltinModule?.('node:diagnostics_channel');
  const listeners: unknown = channels === undefined ? undefined : Reflect.get(channels.channel(name), '_subscribers');
  return Array.isArray(listeners) ? listeners.map((listener) => (typeof listener === 'function' ? listener.name : '')) : [];
}

/**
 * Listens to diagnostics channels. What a handler throws is reported: from a subscriber it would be an uncaught exception of
 * the host. No-op where there are no such channels.
 *
 * @returns what ends it
 */
export function listen(handlers: ChannelHandlers): () => void {
  const channels: typeof DiagnosticsChannel | undefined = globalThis.process?.getBuiltinModule?.('node:diagnostics_channel');
  if (channels === undefined) return () => undefined;
  const stops = handlers.map(([name, handle]) => {
    const guarded = (message: unknown): void => {
      try {
        handle(message);
      } catch (error) {
        report(name, error);
      }
    };
    channels.subscribe(name, guarded);
    return () => channels.unsubscribe(name, guarded);
  });
  return () => {
    for (const stop of stops) stop();
  };
}
