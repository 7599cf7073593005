import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, it } from 'vitest';
import { PATIENT, runNode } from './app.ts';
import { binaries, haveBackends } from './binaries.ts';
import { startCollectorWithSmallDisk } from './collector.ts';
import { startSpanSink } from './span-sink.ts';
import { until } from './until.ts';

const PACKAGE = fileURLToPath(new URL('../', import.meta.url));
const ROWS = new URL('../../safety/rows/collector-disk-full.json', import.meta.url);
const PER_SECOND = 100;
const SPANS = PER_SECOND * 20;
const PROTOCOLS = [
  { protocol: 'http/protobuf', endpoint: 'otlpHttpUrl' },
  { protocol: 'grpc', endpoint: 'otlpGrpcUrl' },
] as const;

const outcomes = new Map<string, { readonly arrived: number; readonly twice: number }>();

describe.runIf(haveBackends).concurrent('a Collector whose disk is full', () => {
  it.for(PROTOCOLS)('refuses spans over $protocol, which are kept and arrive when it has room again', { timeout: 200_000 }, async ({ protocol, endpoint }, { expect }) => {
    const sink = await startSpanSink();
    // What comes stays in the queue, until that is full.
    sink.away = true;
    const collector = await startCollectorWithSmallDisk(binaries().collector, sink.url);
    try {
      const application = runNode(['--import', '@outspan/node/register', 'fixtures/steady-spans.mjs', String(SPANS), String(PER_SECOND)], PACKAGE, {
        ...PATIENT,
        OTEL_BSP_SCHEDULE_DELAY: '500',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector[endpoint],
      });
      await until('the disk to be full', 30_000, () => Promise.resolve(collector.logs().includes('file too large')));
      await wait(2_000);
      sink.away = false;
      await collector.restartWithRoom();
      const run = await application;
      await until('all spans', 60_000, () => Promise.resolve(sink.times.size === SPANS)).catch(() => undefined);
      const times = [...sink.times.values()];
      outcomes.set(protocol, { arrived: times.length, twice: times.filter((often) => often > 1).length });
      expect(times.length).toBe(SPANS);
      // One that it is full, one that it is being started again.
      const lines = run.stderr.split('\n').filter((line) => line !== '');
      expect(lines.filter((line) => !line.includes('is kept until it can be'))).toEqual([]);
      expect(lines.length).toBeGreaterThan(0);
      expect(run.exitCode).toBe(0);
    } finally {
      await collector.stop();
      await sink.stop();
    }
  });

  afterAll(async () => {
    if (process.env['OUTSPAN_UPDATE_SAFETY'] !== '1') return;
    const rows = PROTOCOLS.map(({ protocol }) => {
      const { arrived = 0, twice = 0 } = outcomes.get(protocol) ?? {};
      return {
        area: 'Backend down',
        tried: `a Collector whose queue is on a full disk (its storage fails, and it answers that it is not available), until it has room again, ${PER_SECOND} spans a second, OTLP ${protocol}`,
        times: SPANS,
        result: `${arrived === SPANS ? 'every span arrived' : `${SPANS - arrived} spans were lost`}; ${twice === 0 ? 'none' : twice} twice`,
        holds: arrived === SPANS,
        command: 'npx vitest run --project backends test/backends/src/collector-disk-full.test.ts',
      };
    });
    await writeFile(ROWS, `${JSON.stringify(rows, null, 2)}\n`);
  });
});
