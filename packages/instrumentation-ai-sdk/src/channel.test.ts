import { tracingChannel } from 'node:diagnostics_channel';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { observeChannel } from './channel.ts';

describe('observeChannel', () => {
  const raised: unknown[] = [];
  const keep = (error: unknown): void => void raised.push(error);
  beforeEach(() => process.on('uncaughtException', keep));
  afterEach(() => {
    process.off('uncaughtException', keep);
    context.disable();
  });

  it('raises nothing in the application where its context manager throws', async () => {
    const broken = {
      active: () => {
        throw new Error('no context');
      },
      with: <A extends unknown[], F extends (...args: A) => ReturnType<F>>(_context: unknown, run: F, self?: ThisParameterType<F>, ...args: A): ReturnType<F> => Reflect.apply(run, self, args),
      bind: <T>(_context: unknown, target: T): T => target,
      enable: () => broken,
      disable: () => broken,
    };
    context.setGlobalContextManager(broken);
    const leave = observeChannel({ starting: () => ROOT_CONTEXT, ended: () => undefined });
    const result = await tracingChannel('ai:telemetry').tracePromise(() => Promise.resolve('done'), { type: 'generateText', event: {} });
    await new Promise((resolve) => setImmediate(resolve));
    leave();
    expect([result, raised]).toEqual(['done', []]);
  });
});
