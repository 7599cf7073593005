import type { Attributes, Context } from '@opentelemetry/api';
import { registered } from './registry.ts';

/** A log record, as far as it is used. The API has a type for it since 1.10 only. */
export interface LogRecord {
  readonly eventName: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly context: Context;
  readonly attributes: Attributes | Readonly<Record<string, unknown>>;
}

/** Takes log records. */
export interface Logger {
  emit(record: LogRecord): void;
}

/** The logger provider of an SDK, of either generation. */
export interface LoggerProvider {
  getLogger(name: string, version?: string): Logger;
}

/** Where the logs API of SDK 2, `@opentelemetry/api-logs`, keeps a function that gives the provider. */
const LEGACY = Symbol.for('io.opentelemetry.js.api.logs');
/** The version of that function's protocol. */
const LEGACY_PROTOCOL = 1;

function isProvider(value: unknown): value is LoggerProvider {
  return typeof value === 'object' && value !== null && 'getLogger' in value && typeof value.getLogger === 'function';
}

/** The logger provider that is registered now, by either generation of the API; undefined where there is none. */
export function loggerProvider(): LoggerProvider | undefined {
  const found = registered('logs') ?? legacy();
  return isProvider(found) ? found : undefined;
}

/** A logger of the provider in force; undefined where there is none. */
export function logger(name: string, version: string): Logger | undefined {
  return loggerProvider()?.getLogger(name, version);
}

function legacy(): unknown {
  const get: unknown = Reflect.get(globalThis, LEGACY);
  return typeof get === 'function' ? Reflect.apply(get, undefined, [LEGACY_PROTOCOL]) : undefined;
}
