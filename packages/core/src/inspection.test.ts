import { afterEach, expect, it, vi } from 'vitest';
import { announce } from './guard.ts';
import { inspect, type Inspected } from './inspection.ts';
import { diag } from './opentelemetry/diag.ts';

const INSPECTOR = Symbol.for('outspan.inspector.v1');
const EVENT: Inspected = { kind: 'call', boundary: 'sdk', recorded: true };

afterEach(() => void Reflect.deleteProperty(globalThis, INSPECTOR));

function inspector(): Inspected[] {
  const told: Inspected[] = [];
  Reflect.set(globalThis, INSPECTOR, (event: Inspected) => told.push(event));
  return told;
}

it('makes no event where there is no inspector', () => {
  const event = vi.fn<() => Inspected>(() => EVENT);
  inspect(event);
  expect(event).not.toHaveBeenCalled();
});

it('tells the inspector, and lets nothing that it throws out', () => {
  const told = inspector();
  inspect(() => EVENT);
  expect(told).toEqual([EVENT]);
  Reflect.set(globalThis, INSPECTOR, () => {
    throw new Error('broken');
  });
  expect(() => inspect(() => EVENT)).not.toThrow();
});

it('tells what is announced by its cause, and what is said whatever is shown', () => {
  const told = inspector();
  vi.stubEnv('OUTSPAN_LOG', 'none');
  announce('a-cause', 'Something is missing.');
  announce('a-cause', 'Something is missing.');
  diag.error('it failed', new Error('really'));
  diag.debug('small talk');
  vi.unstubAllEnvs();
  expect(told).toEqual([
    { kind: 'announcement', cause: 'a-cause' },
    { kind: 'message', level: 'warn', text: 'Something is missing.' },
    { kind: 'message', level: 'error', text: 'it failed: really' },
  ]);
});
