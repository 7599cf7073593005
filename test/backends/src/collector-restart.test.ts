import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, it } from 'vitest';
import { PATIENT, runNode } from './app.ts';
import { binaries, haveBackends } from './binaries.ts';
import { startCollectorWithoutQueue } from './collector.ts';
import { startSpanSink } from './span-sink.ts';

const PACKAGE = fileURLToPath(new URL('../', import.meta.url));
const ROWS = new URL('../../safety/rows/collector-restart.json', import.meta.url);
const AWAY_SECONDS = 30;
const PER_SECOND = 60;
/** So that it still makes some when the Collector is back. */
const SPANS = PER_SECOND * (AWAY_SECONDS + 15);
const PROTOCOLS = [
  { protocol: 'http/protobuf', endpoint: 'otlpHttpUrl' },
  { protocol: 'grpc', endpoint: 'otlpGrpcUrl' },
] as const;

interface Outcome {
  readonly arrived: number;
  readonly twice: number;
  readonly lines: number;
}

const outcomes = new Map<string, Outcome>();

describe.runIf(haveBackends).concurrent(`a Collector that is killed and started again after ${AWAY_SECONDS} s`, () => {
  it.for(PROTOCOLS)(`gets each of $protocol's ${PER_SECOND} spans a second, once`, { timeout: 200_000 }, async ({ protocol, endpoint }, { expect }) => {
    const sink = await startSpanSink();
    const collector = await startCollectorWithoutQueue(binaries().collector, sink.url);
    try {
      const application = runNode(['--import', '@outspan/node/register', 'fixtures/steady-spans.mjs', String(SPANS), String(PER_SECOND)], PACKAGE, {
        ...PATIENT,
        OTEL_BSP_SCHEDULE_DELAY: '1000',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector[endpoint],
      });
      await wait(4_000);
      await collector.kill();
      await wait(AWAY_SECONDS * 1_000);
      await collector.restart();
      const run = await application;
      const times = [...sink.times.values()];
      const lines = run.stderr.split('\n').filter((line) => line !== '');
      outcomes.set(protocol, { arrived: times.length, twice: times.filter((often) => often > 1).length, lines: lines.length });
      expect(times.length).toBe(SPANS);
      // Once: this Collector was killed while it answered nobody, or is asked again for a batch that it had sent on.
      expect(times.filter((often) => often > 1).length).toBeLessThanOrEqual(PER_SECOND * 2);
      expect(lines).toEqual([expect.stringContaining('is kept until it can be')]);
      expect(run.exitCode).toBe(0);
    } finally {
      await collector.stop();
      await sink.stop();
    }
  });

  afterAll(async () => {
    if (process.env['OUTSPAN_UPDATE_SAFETY'] !== '1') return;
    const rows = PROTOCOLS.map(({ protocol }) => {
      const { arrived = 0, twice = 0, lines = 0 } = outcomes.get(protocol) ?? {};
      return {
        area: 'Backend down',
        tried: `a Collector is killed and started again ${AWAY_SECONDS} s later, ${PER_SECOND} spans a second, OTLP ${protocol}, default settings`,
        times: SPANS,
        result: `${arrived === SPANS ? 'every span arrived' : `${SPANS - arrived} spans were lost`}; ${twice === 0 ? 'none' : twice} twice; ${lines} ${lines === 1 ? 'warning' : 'warnings'}`,
        holds: arrived === SPANS && lines === 1,
        command: 'npx vitest run --project backends test/backends/src/collector-restart.test.ts',
      };
    });
    await writeFile(ROWS, `${JSON.stringify(rows, null, 2)}\n`);
  });
});
