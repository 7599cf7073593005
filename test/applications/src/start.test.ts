import { startFaultProvider, type FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { receive } from '../../runtimes/src/receiver.ts';
import { run } from '../../runtimes/src/run.ts';
import { NODES, ready } from './check.ts';
import { EXECUTABLES, exportingTo, seenBy, shownBy } from './measure.ts';
import { recordSafety } from './safety-rows.ts';
import { startService, until } from './service.ts';
import { calls, SCRIPT } from './set-up.ts';
import { SDK_223, SDK_301 } from './trees.ts';

recordSafety('start', 'more than the variables say');

// start() of @outspan/node: more than the variables say, without an SDK of one's own.

const ROWS = [
  { name: 'SDK 3, an ES module', tree: SDK_301, generation: '3', by: '--import', extension: 'mjs' },
  { name: 'SDK 3, CommonJS', tree: SDK_301, generation: '3', by: '--require', extension: 'cjs' },
  { name: 'SDK 2, an ES module', tree: SDK_223, generation: '2', by: '--import', extension: 'mjs' },
  { name: 'SDK 2, CommonJS', tree: SDK_223, generation: '2', by: '--require', extension: 'cjs' },
] as const;

/** How the application may give its resource: as NodeSDK takes it, or its attributes alone. */
const RESOURCES = ['attributes', 'a Resource'] as const;
const WITH_RESOURCES = ROWS.flatMap((row) => RESOURCES.map((resource) => ({ ...row, resource, name: `${row.name}, ${resource}` })));

let provider: FaultProvider;
beforeAll(async () => {
  provider = await startFaultProvider();
});
afterAll(() => provider.close());

describe.concurrent.for(NODES.map((node) => ({ node })))('start(), on Node.js $node', ({ node }) => {
  it.for(WITH_RESOURCES.map((row) => [row.name, row] as const))("sends spans and metrics to a second destination as well, with the application's resource: %s", async ([, row], { expect }) => {
    const { before, after } = await ready(row.tree);
    const [first, second] = [await receive(), await receive()];
    try {
      const command = (argv: readonly string[], cwd: string): Parameters<typeof run>[0] => ({
        executable: EXECUTABLES[node],
        argv: [...argv, `calls.${row.extension}`],
        cwd,
        env: { BASE_URL: `${provider.session(SCRIPT, { words: { headers: { 'retry-after-ms': '5' } } }).baseUrl}/v1`, ...exportingTo(first.url), OTEL_SERVICE_NAME: 'my-service', GENERATION: row.generation, RESOURCE: row.resource, SECOND: second.url },
      });
      const without = await run(command([], before.apps));
      const ended = await run(command([row.by, `./start.${row.extension}`], after.apps));
      expect.soft(shownBy(ended)).toEqual(shownBy(without));
      const { traces, counted } = calls('sdk');
      for (const [which, backend] of Object.entries({ first, second })) {
        const { sees, sdks } = seenBy(backend.exported);
        expect.soft(sees, which).toEqual({ traces: [...traces].sort(), counted });
        expect.soft(sdks, which).toEqual([row.tree.sdk]);
        expect.soft(backend.exported.spans.map(({ resource }) => JSON.stringify([resource['service.name'], resource['deployment.environment.name']])), which).toEqual(backend.exported.spans.map(() => JSON.stringify(['my-service', 'of the application'])));
      }
    } finally {
      first.close();
      second.close();
    }
  });

  it.for(ROWS.map((row) => [row.name, row] as const))('has a call beneath the span of the inbound request, by the instrumentation that it is given: %s', async ([, row], { expect }) => {
    const { after } = await ready(row.tree);
    const [first, second] = [await receive(), await receive()];
    try {
      const service = await startService({
        argv: [EXECUTABLES[node], row.by, `./start.${row.extension}`, `service.${row.extension}`],
        cwd: after.apps,
        env: { BASE_URL: `${provider.session('ok').baseUrl}/v1`, ...exportingTo(first.url), OTEL_BSP_SCHEDULE_DELAY: '100', GENERATION: row.generation, SECOND: second.url },
      });
      try {
        expect.soft(await service.get()).toBe('stop');
        await until('the spans of an inbound request', () => first.exported.spans.length >= 3).catch(() => undefined);
      } finally {
        await service.kill();
      }
      expect.soft(seenBy(first.exported).sees.traces).toEqual(['GET (SERVER)\n  chat gpt-4o (sdk)\n    attempt 1: 200']);
    } finally {
      first.close();
      second.close();
    }
  });
});
