import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../finding.ts';
import type { Registration } from '../../probe/record.ts';
import type { ReportedSdk } from '../../report.ts';
import type { RunFacts, ThreadFacts } from '../../run/facts.ts';
import { targetOf } from '../../run/target.ts';
import { RUN_CHECKS } from './table.ts';

function target(...words: string[]): RunFacts['target'] {
  const found = targetOf(words, '/nowhere', undefined);
  if (found === undefined) throw new Error('no command');
  return found;
}

const NONE = { seen: 0, recorded: 0 };
const ON = { '@outspan/instrumentation-undici': '0.1.0' };

const THREAD: ThreadFacts = {
  pid: 1,
  parent: 0,
  thread: 0,
  version: '24.0.0',
  script: '/app/app.js',
  listsModules: true,
  disabled: false,
  outspan: { version: '0.1.0', started: 'register', entries: ['register'], instrumentations: ON },
  registry: {
    version: '1.10.0',
    tracerProvider: { name: 'TracerProvider', sampler: 'ParentBased{root=AlwaysOnSampler}', processors: ['BatchSpanProcessor'] },
    meterProvider: 'MeterProvider',
    loggerProvider: undefined,
    contextManager: 'AsyncLocalStorageContextManager',
    propagator: undefined,
  },
  packages: [],
  sdks: [],
  calls: { sdk: { seen: 1, recorded: 1 }, native: NONE, inferred: NONE },
  registrations: [],
  announced: new Set(),
  said: [],
};

/** A run in which all went well. */
const WELL: RunFacts = {
  target: target('node', 'app.js'),
  ended: { by: 'itself', code: 0, signal: null, killed: false, seconds: 1 },
  threads: [THREAD],
  exports: [],
  exportsNoTraces: false,
  starts: [],
  hasOwnSdk: false,
};

const OPENAI: ReportedSdk = { name: 'openai', version: '7.57.0', format: 'esm', folder: '/app/node_modules/openai', boundary: 'inferred', hooked: false, why: 'it was loaded before Outspan' };
const REFUSED: Registration = { of: 'trace', folder: '/app/b', format: 'commonjs', refused: 'version', from: '/app/telemetry.js:1' };
const CORE = { name: '@outspan/core', format: 'commonjs', entry: true, early: false } as const;

const withThread = (thread: Partial<ThreadFacts>): Partial<RunFacts> => ({ threads: [{ ...THREAD, ...thread }] });
const ABSENT = { outspan: undefined, registry: undefined, calls: { sdk: NONE, native: NONE, inferred: NONE } };
const INFERRED = { sdk: NONE, native: NONE, inferred: { seen: 1, recorded: 1 } };

function found(facts: Partial<RunFacts>) {
  return findingsOf(RUN_CHECKS, { ...WELL, ...facts });
}

describe('the checks of a run', () => {
  it('find nothing where all went well', () => {
    expect(found({})).toEqual([]);
  });

  it('have names of their own', () => {
    expect(new Set(RUN_CHECKS.map(({ name }) => name)).size).toBe(RUN_CHECKS.length);
  });

  it.each<[string, Partial<RunFacts>, readonly string[]]>([
    ['no process', { threads: [] }, ['problem no-process']],
    ['Bun', { threads: [], target: target('bun', 'app.ts') }, ['problem no-process']],
    ['an old Node.js', withThread({ ...ABSENT, version: '20.9.0' }), ['problem node-version']],
    ['OTEL_SDK_DISABLED', withThread({ ...ABSENT, disabled: true }), ['problem disabled']],
    ['no Outspan', withThread(ABSENT), ['problem import']],
    ['no instrumentation', withThread({ ...ABSENT, outspan: { version: '0.1.0', started: 'instrument', entries: [], instrumentations: {} } }), ['problem import']],
    ['a thread without Outspan that uses an SDK', { threads: [THREAD, { ...THREAD, ...ABSENT, thread: 1, sdks: [OPENAI] }] }, ['problem import']],
    ['a thread without Outspan that uses none', { threads: [THREAD, { ...THREAD, ...ABSENT, thread: 1 }] }, []],
    ['two versions of Outspan', withThread({ packages: [{ ...CORE, version: '0.1.0', folder: 'a' }, { ...CORE, version: '0.2.0', folder: 'b' }] }), ['problem outspan-versions']],
    ['two copies of one version', withThread({ packages: [{ ...CORE, version: '0.1.0', folder: 'a' }, { ...CORE, version: '0.1.0', folder: 'b' }] }), []],
    ['an API that is too old', withThread({ packages: [{ ...CORE, name: '@opentelemetry/api', version: '1.4.0', folder: 'a' }] }), ['problem opentelemetry-versions']],
    ['a refused registration', withThread({ registrations: [REFUSED], registry: undefined }), ['problem api-versions']],
    ['a second SDK', withThread({ registrations: [{ ...REFUSED, refused: 'taken' }] }), ['problem two-sdks']],
    ['a second context manager', withThread({ registrations: [{ ...REFUSED, of: 'context', refused: 'taken' }] }), []],
    ['no tracer provider', withThread({ registry: undefined }), ['problem provider']],
    ['no tracer provider, as asked', { ...withThread({ registry: undefined }), exportsNoTraces: true }, ['note provider']],
    ['no span processor', withThread({ registry: { ...REGISTRY(), tracerProvider: { name: 'P', sampler: undefined, processors: [] } } }), ['problem exporter']],
    ['processors that cannot be seen', withThread({ registry: { ...REGISTRY(), tracerProvider: { name: 'P', sampler: undefined, processors: undefined } } }), ['unknown exporter']],
    ['an SDK that is not hooked', withThread({ sdks: [OPENAI], calls: INFERRED }), ['problem hooked']],
    ['a part of an SDK that need not be hooked', withThread({ sdks: [OPENAI] }), []],
    ['an SDK that traces itself', withThread({ sdks: [{ ...OPENAI, boundary: 'native' }], calls: INFERRED }), []],
    ['an SDK in a bundle', withThread({ announced: new Set(['unhooked:google genai']), calls: INFERRED }), ['problem hooked']],
    ['an SDK that is not hooked and announced so', withThread({ announced: new Set(['unhooked:openai']), sdks: [OPENAI], calls: INFERRED }), ['problem hooked']],
    ['no call', withThread({ calls: ABSENT.calls }), ['problem calls']],
    ['calls that are not recorded', withThread({ calls: { sdk: { seen: 2, recorded: 1 }, native: NONE, inferred: NONE } }), ['problem recorded']],
    ['a backend that is down', { exports: [{ signal: 'logs', protocol: 'grpc', url: 'http://x', answers: false, reason: 'no answer' }] }, ['problem backend']],
    ['a Node.js that lists no ES modules', withThread({ listsModules: false }), ['unknown unlisted-modules']],
    ['an exit code', { ended: { ...WELL.ended, code: 3 } }, ['note ended']],
    ['a kill', { ended: { ...WELL.ended, by: 'time', code: null, signal: 'SIGKILL', killed: true } }, ['note ended']],
  ])('tell of %s', (_, facts, checks) => {
    expect(found(facts).map(({ check, severity }) => `${severity} ${check}`)).toEqual(checks);
  });

  function REGISTRY(): NonNullable<ThreadFacts['registry']> {
    if (THREAD.registry === undefined) throw new Error('there is one');
    return THREAD.registry;
  }

  it('name the sampler that left calls out', () => {
    const off = { ...REGISTRY(), tracerProvider: { name: 'P', sampler: 'AlwaysOffSampler', processors: ['x'] } };
    expect(found(withThread({ registry: off, calls: { sdk: { seen: 1, recorded: 0 }, native: NONE, inferred: NONE } }))[0]).toMatchObject({ says: expect.stringContaining('the sampler is AlwaysOffSampler'), fix: expect.stringContaining('OTEL_TRACES_SAMPLER') });
  });

  it.each([
    ['the command', {}, 'node --import @outspan/node/register app.js'],
    ['the command, beside an SDK of its own', { hasOwnSdk: true }, 'node --import @outspan/node/instrument app.js'],
    ['a program of its own', { target: target('nest', 'start') }, 'NODE_OPTIONS="--import @outspan/node/register" nest start'],
    ['Next.js', { target: target('next', 'start') }, expect.stringContaining('instrumentation.js')],
  ])('show how to import Outspan in %s', (_, facts, fix) => {
    expect(found({ ...facts, ...withThread(ABSENT) })[0]?.fix).toEqual(fix);
  });
});
