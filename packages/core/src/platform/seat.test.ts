import { diag } from '@opentelemetry/api';
import { afterEach, expect, it, vi } from 'vitest';
import { takeSeat } from './seat.ts';

afterEach(() => diag.disable());

it('has one place for each instrumentation, and another once it is left', () => {
  const leave = takeSeat('@outspan/instrumentation-a', '1.0.0');
  expect(leave).toBeTypeOf('function');
  expect(takeSeat('@outspan/instrumentation-a', '1.0.0')).toBeUndefined();
  expect(takeSeat('@outspan/instrumentation-b', '1.0.0')).toBeTypeOf('function');
  leave?.();
  const again = takeSeat('@outspan/instrumentation-a', '1.0.0');
  // Who left before cannot take the seat from who sits there now.
  leave?.();
  expect(takeSeat('@outspan/instrumentation-a', '1.0.0')).toBeUndefined();
  again?.();
});

it('says once whose place it is and who stays off', () => {
  const warn = vi.fn();
  diag.setLogger({ error: warn, warn, info: warn, debug: warn, verbose: warn }, { suppressOverrideMessage: true });
  warn.mockClear();
  takeSeat('@outspan/instrumentation-c', '1.2.3');
  takeSeat('@outspan/instrumentation-c', '2.0.0');
  takeSeat('@outspan/instrumentation-c', '2.0.0');
  expect(warn.mock.calls.flat().filter((part) => String(part).includes('instrumentation-c'))).toEqual([expect.stringMatching(/instrumentation-c 1\.2\.3 is active .* version 2\.0\.0, stays off/)]);
});
