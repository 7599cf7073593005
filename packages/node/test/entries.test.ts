import { describe, it } from 'vitest';
import { EVERY } from './every-instrumentation.ts';
import { diagLines, IMPORT, REQUIRE, run } from './run.ts';

const QUIET = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
const INSTRUMENT = ['--import', '@outspan/node/instrument'] as const;
const AUTO = ['--import', '@opentelemetry/auto-instrumentations-node/register'] as const;
/** Detectors that look for a cloud's metadata server are slow and noisy where there is none. */
const AUTO_ENV = { ...QUIET, OTEL_NODE_RESOURCE_DETECTORS: 'env', OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'undici,openai' };

describe.concurrent('register', () => {
  it.for([
    ['--import', IMPORT],
    ['--require', REQUIRE],
    ['both, where the second does nothing', [...IMPORT, ...REQUIRE]],
    ['--import twice', [...IMPORT, ...IMPORT]],
    ['register and instrument', [...IMPORT, ...INSTRUMENT]],
  ] as const)('works by %s', async ([, node], { expect }) => {
    const ended = await run({ node, app: ['probe.mjs'], env: { ...QUIET } });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toMatchObject({ started: 'register', instrumentations: EVERY, signals: [1, 1] });
  });

  it.for([
    ['--import', IMPORT],
    ['--require', REQUIRE],
  ] as const)('hooks the ES modules of the SDKs and no others, by %s', async ([, node], { expect }) => {
    const ended = await run({ node, app: ['uses-openai.mjs'], env: QUIET });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toEqual({ openai: 'function', hooked: true, wrapped: false, read: 'function' });
  });

  // From Node.js 25.1 on no version needs it, and it is deprecated.
  it.skipIf(Number.parseInt(process.versions.node, 10) > 24)('hooks them by the asynchronous loader where synchronous hooks are not usable', async ({ expect }) => {
    const ended = await run({ node: ['--require', './test/apps/old-node.cjs', ...IMPORT], app: ['uses-openai.mjs'], env: { ...QUIET, PRETENDED_NODE: '22.16.0' } });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toEqual({ openai: 'function', hooked: true, wrapped: false, read: 'function' });
  });

  it('hooks the SDK also where it is imported by the URL of its file', async ({ expect }) => {
    const ended = await run({ node: IMPORT, app: ['imports-by-url.mjs'], env: { ...QUIET, OUTSPAN_CONSOLE: 'tree' } });
    expect(ended.stderr).toContain('boundary sdk');
    expect(ended.stderr).not.toContain('not hooked');
  });

  it('leaves CommonJS applications as they are', async ({ expect }) => {
    const ended = await run({ node: REQUIRE, app: ['uses-openai.cjs'], env: QUIET });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toEqual({ openai: 'function', started: 'register' });
  });

  it.for([
    ['--import', IMPORT],
    ['--require', REQUIRE],
  ] as const)('says one line and does nothing on a Node.js that is too old, by %s', async ([, node], { expect }) => {
    const ended = await run({ node: ['--require', './test/apps/old-node.cjs', ...node], app: ['one-call.mjs'], env: { PRETENDED_NODE: '20.19.0' } });
    expect(ended).toMatchObject({ code: 0, stdout: 'done\n' });
    expect(ended.stderr.trim().split('\n')).toEqual([expect.stringMatching(/^outspan: needs Node\.js 22\.15 or newer, this is 20\.19\.0/)]);
  });

  it('starts no second SDK where a tracer provider is registered', async ({ expect }) => {
    const ended = await run({ node: ['--import', './test/apps/tracer-provider.mjs', ...IMPORT], app: ['probe.mjs'] });
    expect(diagLines(ended)).toEqual([expect.stringContaining('already registered')]);
    expect(JSON.parse(ended.stdout)).toMatchObject({ started: 'register', instrumentations: EVERY, signals: [0, 0] });
  });
});

describe.concurrent('instrument', () => {
  it('starts no SDK and listens to no signal', async ({ expect }) => {
    const ended = await run({ node: INSTRUMENT, app: ['probe.mjs'] });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toMatchObject({ started: 'instrument', recording: false, instrumentations: EVERY, signals: [0, 0] });
  });

  it('is not started where OTEL_SDK_DISABLED is true', async ({ expect }) => {
    const ended = await run({ node: INSTRUMENT, app: ['probe.mjs'], env: { OTEL_SDK_DISABLED: 'true' } });
    expect(JSON.parse(ended.stdout)).toMatchObject({ instrumentations: [] });
  });

  it.for([
    ['before', [...INSTRUMENT, ...AUTO]],
    ['after', [...AUTO, ...INSTRUMENT]],
  ] as const)('works %s auto-instrumentations-node', async ([, node], { expect }) => {
    const ended = await run({ node, app: ['uses-openai.mjs'], env: AUTO_ENV });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toMatchObject({ openai: 'function', hooked: true });
  });
});

describe.concurrent('outspanInstrumentations', () => {
  it.for([
    ['alone', []],
    ['beside instrument', INSTRUMENT],
  ] as const)('gives an application\'s own SDK one of each, %s', async ([, node], { expect }) => {
    const ended = await run({ node, app: ['own-sdk.mjs'], env: { ...QUIET, OTEL_TRACES_EXPORTER: 'console', OTEL_METRICS_EXPORTER: 'console' } });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ended.stdout.split('\n')[0] ?? '')).toEqual({ names: EVERY, same: true, live: EVERY.length, meters: expect.stringMatching(/^MeterProvider/), recording: true });
  });
});
