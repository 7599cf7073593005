import { ROOT_CONTEXT } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { isObservedAs, observedAs } from './observed-exchange.ts';

const isObserved = (dialect = 'openai.chat'): boolean => isObservedAs(dialect, ROOT_CONTEXT);

describe('observedAs', () => {
  it('holds while the exchange is sent, for requests of the same dialect, also without a context manager', () => {
    expect(observedAs('openai.chat', () => [isObserved(), isObserved('openai.embeddings')])).toEqual([true, false]);
    expect(isObserved()).toBe(false);
  });

  it('ends with what it runs, also where that throws', () => {
    expect(() =>
      observedAs('openai.chat', () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(isObserved()).toBe(false);
  });
});
