import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULTS_MET } from './faults-met.ts';
import { SHORT_PLAN } from './plan.ts';
import { sampleAt, spansOf, underLoad } from './report.ts';
import { run, type Run } from './run.ts';
import { writeSafetyRows } from './safety.ts';

/** Counts of `after` that are above those of `before`. */
function grown(before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>): Readonly<Record<string, string>> {
  const more = Object.entries(after).filter(([name, count]) => count > (before[name] ?? 0));
  return Object.fromEntries(more.map(([name, count]) => [name, `${before[name] ?? 0} → ${count}`]));
}

function mostUnderLoad(run: Run, of: 'sockets' | 'openOperations'): number {
  return Math.max(...underLoad(run).map((sample) => sample[of]));
}

describe('an application after a load of everything that can be done to a call or befall it', () => {
  let bare: Run;
  let traced: Run;
  beforeAll(async () => {
    [bare, traced] = await Promise.all([run('bare', SHORT_PLAN), run('outspan', SHORT_PLAN)]);
  });

  it('has made every kind of call, with Outspan and without', () => {
    for (const { farewell } of [bare, traced]) for (const id of FAULTS_MET) expect(Object.keys(farewell.uses).join('\n')).toContain(id);
    for (const each of [bare, traced]) expect(mostUnderLoad(each, 'sockets')).toBeGreaterThan(20);
  });

  it('has ended and exported every span that was started', () => {
    const { started, ended, exported } = spansOf(traced);
    expect({ ended, exported }).toEqual({ ended: started, exported: started });
    expect(spansOf(traced, '@outspan/').started).toBeGreaterThan(100);
    expect(spansOf(traced, 'com.anthropic').started).toBeGreaterThan(0);
  });

  it('has no operation open', () => {
    expect(sampleAt(traced, 'end').openOperations).toBe(0);
    expect(mostUnderLoad(traced, 'openOperations')).toBeGreaterThan(20);
  });

  it('holds no object of ours that it did not hold before', () => {
    const { baseline = {}, load = {}, end = {} } = traced.instances;
    expect(grown(baseline, end)).toEqual({});
    // The count would notice: under load they are there.
    for (const name of ['Operation', 'Attempt', 'TracedCall', 'EventRuns']) expect(load[name]).toBeGreaterThan((baseline[name] ?? 0) + 10);
    // At most a last call here and there, such as one that is held for a span that another instrumentation may make of it.
    expect(end['Operation']).toBeLessThanOrEqual(4);
  });

  it('holds no timer, socket or other handle that it did not hold before', () => {
    for (const each of [bare, traced]) {
      expect(grown(sampleAt(each, 'baseline').resources, sampleAt(each, 'end').resources)).toEqual({});
      expect(sampleAt(each, 'end').sockets).toBe(0);
      expect(each.farewell.poolClosed).toBe(true);
    }
  });

  it('ends by itself, with nothing said and no rejection left unhandled', () => {
    for (const { exitCode, farewell } of [bare, traced]) expect({ exitCode, unhandled: farewell.unhandled, diagnostics: farewell.diagnostics }).toEqual({ exitCode: 0, unhandled: [], diagnostics: [] });
  });

  afterAll(() => {
    const { started, exported } = spansOf(traced);
    const left = Object.keys(grown(traced.instances.baseline ?? {}, traced.instances.end ?? {})).length;
    const end = sampleAt(traced, 'end');
    const command = 'npx vitest run --project soak';
    writeSafetyRows([
      {
        area: 'Load',
        tried: `Streams read, idle, left by break, aborted, unread and collected, split by tee, retried, and ${FAULTS_MET.length} faults that cut an answer off, at once`,
        times: end.calls,
        result: `${exported} of ${started} spans exported, ${end.openOperations} operations left open`,
        holds: exported === started && end.openOperations === 0,
        command,
      },
      {
        area: 'Load',
        tried: 'Heap snapshots before and after the same load, compared by each of our classes',
        times: end.calls,
        result: left === 0 ? 'no object of ours was left' : `${left} classes of ours had objects left`,
        holds: left === 0,
        command,
      },
      {
        area: 'Load',
        tried: 'Handles and sockets after the same load',
        times: end.calls,
        result: `${end.sockets} sockets open, ${traced.farewell.poolClosed ? 'every connection could be closed' : 'connections could not be closed'}, the process ${traced.exitCode === 0 ? 'ended by itself' : 'had to be killed'}`,
        holds: end.sockets === 0 && traced.farewell.poolClosed && traced.exitCode === 0,
        command,
      },
    ]);
  });
});
