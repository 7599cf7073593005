import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFailures } from './failures.ts';
import type { Failures } from './failures.ts';
import { startReceiver } from './receiver.ts';
import type { ExportedCall } from './receiver.ts';
import { haveRuntimes, hostOf } from './task.ts';

const PAGE = readFileSync(new URL('../../../docs/runtimes.md', import.meta.url), 'utf8');
const COLUMNS = ['node', 'bun', 'deno', 'workerd'] as const;
/** What the page calls what is called otherwise here. */
const ROWS: Readonly<Record<string, string>> = { 'the caller’s abort': 'the caller\'s `abort()`, with any reason', 'the caller’s deadline': '`AbortSignal.timeout()`' };

/** The classes that the page tells of, by failure and runtime: the first word of each cell. */
const TOLD = new Map(
  PAGE.split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, failure = '', ...cells]) => [failure, cells.map((cell) => /^`?(\w+)/.exec(cell)?.[1])] as const),
);

function classOf({ attributes, failed }: ExportedCall['operation']): unknown {
  return failed ? attributes['outspan.error.class'] : attributes['outspan.operation.cancelled'] === true ? 'cancelled' : 'success';
}

function isAt(place: string, url: unknown): boolean {
  return typeof url === 'string' && url.startsWith(`${place}/`);
}

let failures: Failures;
beforeAll(async () => {
  failures = await startFailures();
});
afterAll(() => failures.close());

describe.runIf(haveRuntimes)('the table of errors', () => {
  it.each(COLUMNS)('is true of %s', async (name) => {
    const host = hostOf(name);
    const receiver = await startReceiver();
    try {
      const task = { failures: true, urls: failures.urls } as const;
      const [plain, traced] = await Promise.all([host.perform(task), host.perform({ ...task, trace: name === 'node' ? 'given' : 'global', otlp: receiver.url })]);
      expect(traced.result).toEqual(plain.result);
      const recorded = Object.fromEntries(
        Object.entries(failures.urls).map(([failure, url]) => [failure, receiver.calls().find(({ attempts }) => isAt(url, attempts[0]?.attributes['url.full']))?.operation]),
      );
      for (const [failure, operation] of Object.entries(recorded)) {
        expect(operation && classOf(operation), failure).toBe(TOLD.get(ROWS[failure] ?? failure)?.[COLUMNS.indexOf(name)]);
      }
    } finally {
      host.close();
      receiver.close();
    }
  });
});
