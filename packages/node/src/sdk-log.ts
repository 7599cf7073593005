import { registered } from '@outspan/core';

type Level = 'warn' | 'error';

function say(level: Level, message: string, details: readonly unknown[]): void {
  const logger: unknown = registered('diag');
  const write: unknown = typeof logger === 'object' && logger !== null ? Reflect.get(logger, level) : undefined;
  if (typeof write === 'function') Reflect.apply(write, logger, [message, ...details]);
}

/** What an exporter of the SDK would say of its exports. It goes where the SDK's own words go. */
export const sdkLog: Readonly<Record<Level, (message: string, ...details: readonly unknown[]) => void>> = {
  warn: (message, ...details) => say('warn', message, details),
  error: (message, ...details) => say('error', message, details),
};
