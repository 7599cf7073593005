import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { aggregate, call, is, join, noneOf, oneOf, quoted, series, sum } from './promql.ts';

/** Values that would end a string, a selector or a pattern if they were let. */
const HOSTILE = ['"', '\\', '\\"', '{}', '"} or vector(1) #', '\n', '\u0000', '`', "'", '{{ $value }}', '.*', 'a|b', '[', '$(rm)', 'ключ 🔑', '\u0085\u2028\u2029\uFEFF', 'x'.repeat(10_000)];

function syntaxErrors(expr: string): string[] {
  const errors: string[] = [];
  parser.parse(expr).iterate({ enter: ({ type, from, to }) => void (type.isError && errors.push(`${from}-${to}`)) });
  return errors;
}

describe('PromQL', () => {
  it.each(HOSTILE)('keeps the label value %j within its string', (value) => {
    const expr = series('x', is('a', value), oneOf('b', [value, 'other']), noneOf('c', [value]));
    const strings: string[] = [];
    parser.parse(expr).iterate({ enter: ({ name, from, to }) => void (name === 'StringLiteral' && strings.push(expr.slice(from, to))) });
    expect(syntaxErrors(expr)).toEqual([]);
    expect(strings).toHaveLength(3);
    expect(strings[0] !== undefined && JSON.parse(strings[0])).toBe(value);
  });

  it.each(HOSTILE)('matches the label value %j as it is, not as a pattern', (value) => {
    const [, pattern] = /=~(.*)\}$/s.exec(series('x', oneOf('a', [value, 'other']))) ?? [];
    const anchored = new RegExp(`^(?:${String(JSON.parse(pattern ?? ''))})$`, 's');
    expect([anchored.test(value), anchored.test('other'), anchored.test(`${value}x`)]).toEqual([true, true, false]);
  });

  it('writes one value of several as that value', () => {
    expect(oneOf('a', ['b.c'])).toBe('a="b.c"');
  });

  it('names each label once', () => {
    expect(sum(['a', 'b', 'a'], 'x')).toBe('sum by (a, b) (x)');
  });

  it('aggregates everything where there are no labels', () => {
    expect(aggregate('max', [], 'x')).toBe('max (x)');
  });

  it('breaks long expressions into lines', () => {
    const long = `rate(${'x'.repeat(100)}[5m])`;
    expect(call('abs', join('-', long, long))).toBe(`abs(\n  ${long}\n  -\n  ${long}\n)`);
  });

  it('has no half characters, which Prometheus refuses', () => {
    expect(quoted('a\uD83Db🔑')).toBe(String.raw`"a\ufffdb🔑"`);
  });

  it('quotes as Go does', () => {
    expect(quoted('a"b\\c\nd\u0001')).toBe(String.raw`"a\"b\\c\nd\u0001"`);
  });
});
