import { createRequire } from 'node:module';
import type * as Api from '@opentelemetry/api';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { afterEach, expect, it } from 'vitest';
import { logger, loggerProvider } from './loggers.ts';

const otherCopy: typeof Api = createRequire(import.meta.url)('@opentelemetry/api');
/** Where SDK 2's `@opentelemetry/api-logs` registers a function of the protocol's version. */
const LEGACY = Symbol.for('io.opentelemetry.js.api.logs');

afterEach(() => {
  otherCopy.logs.disable();
  Reflect.deleteProperty(globalThis, LEGACY);
});

it('finds none where none is registered', () => {
  expect([loggerProvider(), logger('name', '1.0.0')]).toEqual([undefined, undefined]);
});

it('finds the provider of API 1.10, whichever copy registered it', () => {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  otherCopy.logs.setGlobalLoggerProvider(provider);
  expect(loggerProvider()).toBe(provider);
  logger('name', '1.0.0')?.emit({ eventName: 'event', severityNumber: 9, severityText: 'INFO', context: otherCopy.ROOT_CONTEXT, attributes: { key: 'value' } });
  expect(exporter.getFinishedLogRecords().map(({ eventName, attributes, instrumentationScope }) => [eventName, attributes, instrumentationScope.name])).toEqual([['event', { key: 'value' }, 'name']]);
});

it('finds the provider of SDK 2, by its protocol', () => {
  const provider = new LoggerProvider();
  Reflect.set(globalThis, LEGACY, (protocol: number) => (protocol === 1 ? provider : undefined));
  expect(loggerProvider()).toBe(provider);
  Reflect.set(globalThis, LEGACY, () => ({ getLogger: 'of another protocol' }));
  expect(loggerProvider()).toBeUndefined();
});
