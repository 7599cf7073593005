import { describe, expect, it } from 'vitest';
import type { LoadedPackage, ProbeRecord, Snapshot } from '../probe/record.ts';
import { threadOf, threadsThatMatter } from './thread.ts';

const START: ProbeRecord = { kind: 'start', pid: 1, parent: 0, thread: 0, version: '24.0.0', script: '/app/app.js', listsModules: true, disabled: false };
const OPENAI: LoadedPackage = { name: 'openai', version: '7.57.0', folder: '/app/node_modules/openai', format: 'esm', entry: true, early: false };
const HOOK = { kind: 'hook', sdk: 'openai', version: '7.57.0', path: '/app/node_modules/openai/client.mjs', format: 'esm' } as const;
const ON = { '@outspan/instrumentation-openai': '0.1.0', '@outspan/instrumentation-undici': '0.1.0' };

function snapshot(more: Partial<Snapshot>): ProbeRecord {
  return { kind: 'snapshot', outspan: { version: '0.1.0', started: 'register', entries: ['register'], instrumentations: ON }, registry: undefined, packages: [OPENAI], exporters: [], ...more };
}

function threadIn(...records: ProbeRecord[]) {
  const found = threadOf([START, ...records]);
  if (found === undefined) throw new Error('no thread');
  return found.thread;
}

describe('an SDK in a thread', () => {
  it('is hooked where a file of it was', () => {
    expect(threadIn(snapshot({}), { ...HOOK, hooked: true }).sdks).toEqual([expect.objectContaining({ name: 'openai', boundary: 'sdk', hooked: true })]);
  });

  it.each<[string, Partial<Snapshot>, readonly ProbeRecord[]]>([
    ['Outspan is not in this thread', { outspan: undefined }, []],
    ['no instrumentation is on', { outspan: { version: '0.1.0', started: 'register', entries: [], instrumentations: {} } }, []],
    ['@outspan/instrumentation-openai is off', { outspan: { version: '0.1.0', started: 'register', entries: [], instrumentations: { '@outspan/instrumentation-undici': '0.1.0' } } }, []],
    ['7.57.0 is not built as the versions that are known (5.0.0 to below 8.0.0)', {}, [{ ...HOOK, hooked: false }]],
    ['it was loaded before Outspan', { packages: [{ ...OPENAI, early: true }] }, []],
    ['the module loader of dd-trace may stand in between', { packages: [OPENAI, { ...OPENAI, name: 'dd-trace' }] }, []],
    ['for a reason that is not seen', {}, []],
  ])('is not hooked: %s', (why, more, records) => {
    expect(threadIn(snapshot(more), ...records).sdks[0]).toMatchObject({ hooked: false, why });
  });

  it('is none where only a part of its package was loaded', () => {
    expect(threadIn(snapshot({ packages: [{ ...OPENAI, entry: false }] })).sdks).toEqual([]);
  });

  it('hears of its other format', () => {
    const both = [OPENAI, { ...OPENAI, format: 'commonjs' } as const];
    expect(threadIn(snapshot({ packages: both }), { ...HOOK, hooked: true }).sdks.map(({ format, hooked }) => [format, hooked])).toEqual([
      ['esm', true],
      ['commonjs', false],
    ]);
  });
});

it('keeps what was there before the application took it down', () => {
  const registry = { version: '1.10.0', tracerProvider: { name: 'P', sampler: undefined, processors: [] }, meterProvider: undefined, loggerProvider: undefined, contextManager: undefined, propagator: undefined };
  const thread = threadIn(snapshot({ registry }), snapshot({ registry: { ...registry, tracerProvider: undefined } }));
  expect(thread.registry?.tracerProvider?.name).toBe('P');
});

it('has the threads that use an SDK, or those that are not of what starts the application', () => {
  const app = threadIn(snapshot({}));
  const npm = { ...threadIn(snapshot({ packages: [] })), script: '/usr/lib/node_modules/npm/bin/npm-cli.js' };
  const idle = threadIn(snapshot({ packages: [] }));
  expect(threadsThatMatter([npm, app, idle])).toEqual([app]);
  expect(threadsThatMatter([npm, idle])).toEqual([idle]);
});

it('is none without a start', () => {
  expect(threadOf([snapshot({})])).toBeUndefined();
});
