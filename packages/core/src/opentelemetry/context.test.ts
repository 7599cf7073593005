import { createRequire } from 'node:module';
import { createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import type * as Api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterEach, expect, it } from 'vitest';
import { context } from './context.ts';

const otherCopy: typeof Api = createRequire(import.meta.url)('@opentelemetry/api');
const KEY = createContextKey('test');
const within = ROOT_CONTEXT.setValue(KEY, 'within');

const active = (): unknown => context.active().getValue(KEY);

afterEach(() => {
  otherCopy.context.disable();
});

it('follows asynchronous work where an application has no context manager', async () => {
  const seen = await context.with(within, async () => {
    await new Promise(setImmediate);
    return active();
  });
  expect([seen, active()]).toEqual(['within', undefined]);
  const bound = context.bind(within, () => active());
  expect([bound(), context.bind(within, 'no function')]).toEqual(['within', 'no function']);
});

it('uses the context manager that another copy of the API has registered, and sees what that activates', async () => {
  otherCopy.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const seen = await otherCopy.context.with(within, async () => {
    await Promise.resolve();
    return active();
  });
  expect(seen).toBe('within');
  expect(context.with(within, () => otherCopy.context.active().getValue(KEY))).toBe('within');
});

it('takes the manager that is in force at each use', () => {
  context.with(within, () => {
    otherCopy.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    expect(active()).toBeUndefined();
    otherCopy.context.disable();
    expect(active()).toBe('within');
  });
});

it('activates a context until it is disposed of', () => {
  const held = context.attach(within);
  expect(active()).toBe('within');
  held?.dispose();
  expect(active()).toBeUndefined();
});

it('gives back what runs, and what it throws', () => {
  expect(context.with(within, () => 42)).toBe(42);
  expect(() => context.with(within, () => {
    throw new RangeError('of the application');
  })).toThrow(RangeError);
});
