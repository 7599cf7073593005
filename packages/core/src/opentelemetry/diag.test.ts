import { createRequire } from 'node:module';
import type * as Api from '@opentelemetry/api';
import { afterEach, expect, it, vi } from 'vitest';
import { diag, ownDiagLogger } from './diag.ts';

const otherCopy: typeof Api = createRequire(import.meta.url)('@opentelemetry/api');
const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
const written = (): string[] => stderr.mock.calls.map(([line]) => String(line).trimEnd());

function loggerOf(lines: unknown[][]): Api.DiagLogger {
  const write =
    (level: string) =>
    (...args: unknown[]): void =>
      void lines.push([level, ...args]);
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug'), verbose: write('verbose') };
}

afterEach(() => {
  otherCopy.diag.disable();
  stderr.mockClear();
  vi.unstubAllEnvs();
});

it('writes each warning and error once to standard error where the application has no logger', () => {
  for (let time = 0; time < 3; time++) {
    diag.warn('something is missing', new Error('the reason'));
    diag.error('something broke');
    diag.info('nobody asked');
    diag.debug('nobody asked');
  }
  expect(written()).toEqual(['[outspan] warn: something is missing: the reason', '[outspan] error: something broke']);
});

it.each([
  [{ OUTSPAN_LOG: 'none' }, []],
  [{ OUTSPAN_LOG: 'error' }, ['error']],
  [{ OUTSPAN_LOG: ' Debug ' }, ['error', 'warn', 'info', 'debug']],
  [{ OTEL_LOG_LEVEL: 'INFO' }, ['error', 'warn', 'info']],
  [{ OTEL_LOG_LEVEL: 'debug', OUTSPAN_LOG: 'error' }, ['error']],
  [{ OUTSPAN_LOG: 'loud' }, ['error', 'warn']],
])('shows as much as %j asks for', (variables, levels) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const about = JSON.stringify(variables);
  for (const level of ['error', 'warn', 'info', 'debug'] as const) diag[level](`a line at ${level} of ${about}`);
  expect(written().map((line) => /\w+(?=:)/.exec(line)?.[0])).toEqual(levels);
});

it('gives all to the logger that the application has set, by whichever copy of the API, and writes nothing itself', () => {
  const lines: unknown[][] = [];
  otherCopy.diag.setLogger(loggerOf(lines), { logLevel: otherCopy.DiagLogLevel.ALL });
  diag.warn('a line for the logger', 42);
  diag.warn('a line for the logger', 42);
  diag.debug('a detail');
  expect(lines.filter(([, from]) => from === 'outspan')).toEqual([
    ['warn', 'outspan', 'a line for the logger', 42],
    ['warn', 'outspan', 'a line for the logger', 42],
    ['debug', 'outspan', 'a detail'],
  ]);
  expect(written()).toEqual([]);
});

it('goes to standard error where the logger is the one that was set for the SDK', () => {
  const lines: unknown[][] = [];
  otherCopy.diag.setLogger(loggerOf(lines));
  ownDiagLogger();
  diag.warn('a line of our own');
  expect([lines, written()]).toEqual([[], ['[outspan] warn: a line of our own']]);
});

it('keeps a line a line, short, and without effect on a terminal', () => {
  diag.warn(`two\nlines \u001B[31mand ${'x'.repeat(5_000)}`);
  const [line = ''] = written();
  expect([line.includes('\n'), line.includes('\u001B')]).toEqual([false, false]);
  expect(line.length).toBeLessThan(1_100);
});

it('says nothing of a logger that throws', () => {
  otherCopy.diag.setLogger(loggerOf([]));
  Reflect.set(Object(Reflect.get(Object(Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1'))), 'diag')), 'warn', () => {
    throw new Error('a logger');
  });
  expect(() => diag.warn('a line that nobody takes')).not.toThrow();
});
