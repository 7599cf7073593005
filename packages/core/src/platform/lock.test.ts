import { diag } from '@opentelemetry/api';
import { afterEach, expect, it, vi } from 'vitest';
import { acquireLock } from './lock.ts';

afterEach(() => diag.disable());

it('has one lock for each instrumentation, to be acquired again once it is released', () => {
  const release = acquireLock('@outspan/instrumentation-a', '1.0.0');
  expect(release).toBeTypeOf('function');
  expect(acquireLock('@outspan/instrumentation-a', '1.0.0')).toBeUndefined();
  expect(acquireLock('@outspan/instrumentation-b', '1.0.0')).toBeTypeOf('function');
  release?.();
  const again = acquireLock('@outspan/instrumentation-a', '1.0.0');
  // One that was released cannot release another's.
  release?.();
  expect(acquireLock('@outspan/instrumentation-a', '1.0.0')).toBeUndefined();
  again?.();
});

it('says once which one holds it and which one stays off', () => {
  const warn = vi.fn();
  diag.setLogger({ error: warn, warn, info: warn, debug: warn, verbose: warn }, { suppressOverrideMessage: true });
  warn.mockClear();
  acquireLock('@outspan/instrumentation-c', '1.2.3');
  acquireLock('@outspan/instrumentation-c', '2.0.0');
  acquireLock('@outspan/instrumentation-c', '2.0.0');
  expect(warn.mock.calls.flat().filter((part) => String(part).includes('instrumentation-c'))).toEqual([expect.stringMatching(/instrumentation-c 1\.2\.3 is active .* version 2\.0\.0, stays off/)]);
});
