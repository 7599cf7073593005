import { startFaultProvider, type FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Recorded } from './calls.ts';
import { expectedOf, measure } from './measure.ts';
import { row, rowOf, writeRows, type Row } from './rows.ts';
import { PLAIN, WAYS, type Way } from './ways.ts';

let provider: FaultProvider;
let plain: Recorded;
const rows = new Map<string, Row>();

/** Asks for every place where an application could find another store than it left there. */
const STORAGE: Way = { name: 'AsyncLocalStorage (run, enterWith, exit, snapshot, bind) in awaits, loops, listeners and a fetch of its own', app: ['apps/storage.mjs'] };

beforeAll(async () => {
  provider = await startFaultProvider();
  plain = (await measure(provider, PLAIN)).recorded;
});

afterAll(async () => {
  await provider.close();
  await writeRows([...WAYS, STORAGE].flatMap((way) => rows.get(way.name) ?? []));
});

it('has three operations with four attempts to compare with, each counted once', ({ expect }) => {
  expect(plain).toMatchObject({ others: [], operationsCounted: 3, attemptsCounted: 4 });
  expect(plain.calls.map((call) => [call.failed, call.attributes['outspan.operation.boundary'], call.attempts.map((attempt) => attempt.failed)])).toEqual(
    expect.arrayContaining([
      [false, 'sdk', [false]],
      [false, 'sdk', [true, false]],
      [true, 'sdk', [true]],
    ]),
  );
});

describe.concurrent('the application behaves as without Outspan, and its calls are recorded once, run as', () => {
  it.for(WAYS.map((way) => [way.name, way] as const))('%s', async ([, way], { expect }) => {
    const { says = [] } = way;
    const measured = await measure(provider, way);
    rows.set(way.name, rowOf(way, measured, plain));
    expect(measured.traced).toEqual(measured.bare);
    expect(measured.told.filter((line) => !says.some((pattern) => pattern.test(line)))).toEqual([]);
    expect(says.filter((pattern) => !measured.told.some((line) => pattern.test(line)))).toEqual([]);
    expect(new Set(measured.told).size).toBe(measured.told.length);
    expect(measured.recorded).toEqual(expectedOf(way, plain));
    expect(measured.instances).toBe(way.instances ?? way.recorded ?? way.parties ?? 1);
  });

  it('an application with an AsyncLocalStorage, which finds the same store in every place', async ({ expect }) => {
    const measured = await measure(provider, STORAGE, 'ok,bad_gateway_page,ok');
    const same = JSON.stringify(measured.traced) === JSON.stringify(measured.bare);
    rows.set(STORAGE.name, row(STORAGE.name, `${same ? 'the same' : 'another'} store in every place; ${measured.recorded.calls.length} operations recorded`, same, 'an application with an AsyncLocalStorage'));
    expect(measured.traced).toEqual(measured.bare);
    expect(measured.traced).toMatchObject({ code: 0, stdout: expect.arrayContaining(['after the loop: entered in the loop']) });
    expect(measured.recorded).toMatchObject({ others: [], operationsCounted: 15 });
    expect(measured.recorded.calls).toHaveLength(15);
  });
});
