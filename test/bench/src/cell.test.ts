import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measure, startServer } from './process.ts';
import { isFor, VARIANT_IDS, VARIANTS } from './variants.ts';
import { MODELS } from './workloads.ts';
import type { Workload } from './workloads.ts';

const SMALL: Readonly<Record<string, Workload>> = {
  'unary calls': { kind: 'cpu', title: 'small', events: 0, model: MODELS.paced, messages: 100, inFlight: 2, warmup: 2, operations: 4 },
  'unary calls over node:http': { kind: 'cpu', title: 'small', client: 'node:http', events: 0, model: MODELS.paced, messages: 100, inFlight: 2, warmup: 2, operations: 4 },
  'streamed calls over node:http': { kind: 'cpu', title: 'small', client: 'node:http', events: 20, model: MODELS.paced, messages: 100, inFlight: 2, warmup: 2, operations: 4 },
  'streamed calls': { kind: 'cpu', title: 'small', events: 20, model: MODELS.paced, messages: 100, inFlight: 2, warmup: 2, operations: 4 },
};

describe.each(Object.entries(SMALL))('a cell of %s', (_title, workload) => {
  let server: Awaited<ReturnType<typeof startServer>>;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  // Compared for what it does, not for doing nothing.
  it.each(VARIANT_IDS.filter((id) => isFor(id, workload)))('has %s record every span that it should', async (variant) => {
    const result = await measure({ variant, workload, port: server.port });
    expect(result.spansPerOperation).toBe(VARIANTS[variant].spansPerOperation);
    expect(result.cpu).toBeGreaterThan(0);
  });
});

describe('a cell of open streams', () => {
  it('looks at memory at each checkpoint', async () => {
    const server = await startServer();
    const workload: Workload = { kind: 'memory', title: 'small', streams: 2, checkpoints: [3_000, 30_000] };
    const result = await measure({ variant: 'outspan', workload, port: server.port }).finally(() => server.stop());
    expect(result.memory).toHaveLength(2);
  });
});
