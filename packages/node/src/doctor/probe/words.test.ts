import { afterEach, expect, it, vi } from 'vitest';
import type { ProbeRecord } from './record.ts';
import { listenToApi } from './words.ts';

const REGISTRY = Symbol.for('opentelemetry.js.api.1');
const PLACE = { name: '@opentelemetry/api', folder: '/app/node_modules/@opentelemetry/api' };

afterEach(() => void Reflect.deleteProperty(globalThis, REGISTRY));

function api() {
  const said: unknown[][] = [];
  const say =
    (level: string) =>
    (...args: unknown[]) =>
      void said.push([level, ...args]);
  const diag = { error: say('error'), warn: say('warn'), info: say('info'), debug: say('debug'), setLogger: vi.fn<(logger: unknown) => boolean>((logger) => Reflect.set(globalThis, REGISTRY, { diag: logger })) };
  const told: ProbeRecord[] = [];
  listenToApi(PLACE, 'commonjs', { diag }, (record) => told.push(record));
  return { diag, said, told };
}

it('hears what nobody else does, and lets it through', () => {
  const { diag, said, told } = api();
  diag.warn('a queue is full', new Error('really'));
  diag.debug('small talk');
  expect(said).toEqual([
    ['warn', 'a queue is full', new Error('really')],
    ['debug', 'small talk'],
  ]);
  expect(told).toEqual([{ kind: 'opentelemetry', level: 'warn', text: 'a queue is full really' }]);
});

it('tells registrations that were taken and refused, and who asked', () => {
  const { diag, told } = api();
  const stack = (message: string) =>
    [`Error: @opentelemetry/api: ${message}`, '    at registerGlobal (/app/node_modules/@opentelemetry/api/build/src/internal/global-utils.js:28:21)', '    at NodeSDK.start (/app/node_modules/@opentelemetry/sdk-node/build/src/sdk.js:1:2)', '    at Object.<anonymous> (/app/telemetry.js:12:5)', '    at node:internal/modules/cjs/loader:1554:14'].join('\n');
  diag.debug('@opentelemetry/api: Registered a global for trace v1.10.0.');
  diag.error(stack('Attempted duplicate registration of API: trace'));
  diag.error(stack('Registration of version v1.10.0 for metrics does not match previously registered API v1.9.1'));
  const at = { kind: 'registration', folder: PLACE.folder, format: 'commonjs' };
  expect(told).toEqual([
    { ...at, of: 'trace', refused: undefined, from: undefined },
    { ...at, of: 'trace', refused: 'taken', from: '/app/telemetry.js:12' },
    { ...at, of: 'metrics', refused: 'version', from: '/app/telemetry.js:12' },
  ]);
});

it('hears the logger that is set later, each word once, and leaves to Outspan what it says itself', () => {
  const { diag, told } = api();
  const logger = { error: vi.fn<() => void>(), warn: vi.fn<(...args: unknown[]) => void>(), info: vi.fn<() => void>(), debug: vi.fn<() => void>() };
  diag.setLogger(logger);
  logger.warn('@opentelemetry/instrumentation-x', 'cannot patch');
  logger.warn('outspan', 'said elsewhere');
  expect(told).toEqual([{ kind: 'opentelemetry', level: 'warn', text: '@opentelemetry/instrumentation-x cannot patch' }]);
});
