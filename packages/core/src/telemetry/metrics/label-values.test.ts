import { diag } from '@opentelemetry/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LabelValues } from './label-values.ts';

afterEach(() => {
  diag.disable();
});

describe('the values of a label', () => {
  it('are told apart up to the cap, and are one from there on', () => {
    const values = new LabelValues('test.capped');
    expect(['a', 'b', 'c', 'a', 'd'].map((value) => values.of(value, 2))).toEqual(['a', 'b', '_OTHER', 'a', '_OTHER']);
  });

  it('are never longer than a name would be', () => {
    expect(new LabelValues('test.long').of('m'.repeat(10_000), 100)).toBe('_OTHER');
  });

  it('are no credentials', () => {
    expect(new LabelValues('test.key').of('sk-proj-abcdefghijklmnop', 100)).toBe('REDACTED');
  });

  it('are announced once when they are cut off', () => {
    const warn = vi.fn();
    diag.setLogger({ warn, error: vi.fn(), info: vi.fn(), debug: vi.fn(), verbose: vi.fn() });
    const values = new LabelValues('test.announced');
    for (const value of ['a', 'b', 'c', 'd']) values.of(value, 1);
    expect(warn.mock.calls.flat().filter((text) => String(text).includes('test.announced'))).toHaveLength(1);
  });
});
