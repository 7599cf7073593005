import { ROOT_CONTEXT } from '@opentelemetry/api';
import { afterEach, expect, it } from 'vitest';
import { settle } from '../config.ts';
import { dialectFor } from '../dialects/catalogue.ts';
import { CallTracker } from '../operation/tracker.ts';
import { readSdkError } from '../verdict/sdk-error.ts';

const LOGS = Symbol.for('io.opentelemetry.js.api.logs');
afterEach(() => {
  Reflect.deleteProperty(globalThis, LOGS);
});

class NotFoundError extends Error {
  readonly status = 404;
}

it.each([
  ['the class that the SDK threw', new NotFoundError('404 no such model'), 'NotFoundError'],
  ['the error type, where the SDK threw no class of its own', Object.assign(new Error('404 no such model'), { status: 404 }), '404'],
])('names %s as the type of the exception', (_what, error, type) => {
  const emitted: unknown[] = [];
  Reflect.set(globalThis, LOGS, () => ({ getLogger: () => ({ emit: (record: { readonly attributes: object }) => emitted.push(record.attributes) }) }));
  const settings = settle({}, {});
  const tracker = new CallTracker({ settings: () => settings, tracer: () => undefined, meterProvider: () => undefined });
  const dialect = dialectFor('POST', '/v1/chat/completions');
  if (dialect === undefined) throw new Error('no dialect');
  tracker.startOperation({ dialect, parameters: { model: 'm', messages: [] }, url: new URL('http://127.0.0.1:9/v1/chat/completions'), context: ROOT_CONTEXT })?.settle({ by: 'sdk', result: { threw: readSdkError(error) } });
  expect(emitted).toEqual([expect.objectContaining({ 'exception.type': type, 'error.type': '404' })]);
});
