import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startFaultProvider, type FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runNode, type AppRun } from './app.ts';
import { FAILURES, speaksGrpc, startBrokenBackend, type Failure } from './broken-backend.ts';
import { makeCertificates, type Certificates } from './certificates.ts';
import { startMetricsSink } from './metrics-sink.ts';

const PACKAGE = fileURLToPath(new URL('../', import.meta.url));
const ROWS = new URL('../../safety/rows/backend-down.json', import.meta.url);
const CALLS = 200;
const SPANS = CALLS * 2;
/** The application makes a span at every so many calls, to count those in memory. */
const SAMPLES = CALLS / 50;
/** Both small, so that a short run fills them. */
const QUEUE = 60;
const KEPT = 60;
const BATCH = 20;

const ENVIRONMENT: Readonly<Record<string, string>> = {
  OTEL_BSP_MAX_QUEUE_SIZE: String(QUEUE),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: String(BATCH),
  OTEL_BSP_SCHEDULE_DELAY: '100',
  OUTSPAN_RETRY_QUEUE_SIZE: String(KEPT),
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '2000',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json',
  OTEL_METRIC_EXPORT_INTERVAL: '1000',
  OTEL_METRIC_EXPORT_TIMEOUT: '1000',
  OUTSPAN_FLUSH_TIMEOUT: '300',
  SETTLE_MS: '2000',
};

/** The SDK's own counts of spans: that did not get as far as the exporter, and that did. */
const PROCESSED = 'otel.sdk.processor.span.processed';
const FULL = 'queue_full';
const EXPORTED = 'otel.sdk.exporter.span.exported';

/** What no request gets through to. */
const NEVER_ASKED: ReadonlySet<Failure> = new Set(['refused', 'tls', 'grpc refused']);

interface Said {
  readonly answers: Readonly<Record<string, number>>;
  readonly mostHeld: number;
  readonly milliseconds: Readonly<Record<'p50' | 'p95' | 'p99', number>>;
}

interface Outcome {
  readonly run: AppRun;
  readonly said: Said;
  readonly asked: number;
  readonly spans: Readonly<Record<'started' | 'dropped' | 'failed' | 'exported', number>>;
}

describe('an application whose backend is down', () => {
  let provider: FaultProvider;
  let certificates: Certificates;
  let bare: Said;
  const outcomes = new Map<Failure, Outcome>();

  async function withBackend(failure: Failure): Promise<Outcome> {
    const [backend, sink] = await Promise.all([startBrokenBackend(failure, certificates), startMetricsSink()]);
    try {
      const run = await application(['--import', '@outspan/node/register'], {
        ...ENVIRONMENT,
        ...(speaksGrpc(failure)
          ? { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: backend.url }
          : { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${backend.url}/v1/traces` }),
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: sink.url,
      });
      const spans = {
        started: sink.sum('otel.sdk.span.started'),
        dropped: sink.sum(PROCESSED, (attributes) => attributes['error.type'] === FULL),
        failed: sink.sum(EXPORTED, (attributes) => 'error.type' in attributes),
        exported: sink.sum(EXPORTED, (attributes) => !('error.type' in attributes)),
      };
      if (run.stdout === '') throw new Error(`with a backend that is ${failure}, the application ended by ${run.signal ?? run.exitCode} without a word: ${run.stderr}`);
      return { run, said: JSON.parse(run.stdout), asked: backend.asked(), spans };
    } finally {
      await Promise.all([backend.stop(), sink.stop()]);
    }
  }

  function application(node: readonly string[], env: Readonly<Record<string, string>>): Promise<AppRun> {
    return runNode(['--disable-warning=ExperimentalWarning', ...node, 'fixtures/steady-app.mjs', String(CALLS), '10'], PACKAGE, { PROVIDER_URL: provider.session('ok').baseUrl, ...env });
  }

  function outcome(failure: Failure): Outcome {
    const known = outcomes.get(failure);
    if (known === undefined) throw new Error(`${failure} was not run`);
    return known;
  }

  beforeAll(async () => {
    [provider, certificates] = await Promise.all([startFaultProvider({ logLimit: 1 }), makeCertificates()]);
    bare = JSON.parse((await application([], {})).stdout);
    const left = FAILURES.values();
    // Two cores: not all at once.
    const work = async (): Promise<void> => {
      for (const failure of left) outcomes.set(failure, await withBackend(failure));
    };
    await Promise.all([work(), work(), work()]);
  }, 400_000);
  afterAll(async () => {
    await certificates?.remove();
    await provider?.close();
  });

  describe.for(FAILURES)('%s', (failure) => {
    it('gets the same answers and ends the same', () => {
      const { run, said } = outcome(failure);
      expect(said.answers).toEqual(bare.answers);
      expect({ exitCode: run.exitCode, signal: run.signal }).toEqual({ exitCode: 0, signal: null });
      expect(outcome(failure).asked > 0).toBe(!NEVER_ASKED.has(failure));
    });

    it('holds no more spans than its queue and what is under way: what is kept is serialised', () => {
      const { said, spans } = outcome(failure);
      expect(spans.started).toBe(SPANS + SAMPLES);
      // A batch under way stays in memory until its retries are over; two spans for each call that is being made.
      expect(said.mostHeld).toBeLessThan(QUEUE + 2 * BATCH + SPANS / 4);
    });

    it('counts every span that is lost', () => {
      const { started, dropped, failed, exported } = outcome(failure).spans;
      const lost = dropped + failed;
      expect(exported > 0).toBe(failure === 'slow');
      expect(lost).toBeGreaterThan(0);
      // All the others are in the queue, on their way, or kept for another try.
      expect(started - lost - exported).toBeLessThanOrEqual(QUEUE + KEPT + 2 * BATCH);
      expect(started - lost - exported).toBeGreaterThanOrEqual(0);
    });

    it('says each cause once', () => {
      const lines = outcome(failure).run.stderr.split('\n').filter((line) => line !== '');
      const causes = lines.map((line) => line.replaceAll(/\d+/g, 'N'));
      expect(causes).toEqual([...new Set(causes)]);
      // That it is kept (on a busy machine, for a deadline too), that there was no room to keep it or to queue it, and what was lost at the end.
      expect(lines.length).toBeLessThanOrEqual(5);
      for (const line of lines) expect(line).toMatch(/^\[(?:opentelemetry|outspan)\] warn: .*(?:dropped|is kept until it can be)/);
      expect(lines.length).toBeGreaterThan(0);
    });
  });

  afterAll(async () => {
    if (process.env['OUTSPAN_UPDATE_SAFETY'] !== '1') return;
    const command = 'npx vitest run --project backends test/backends/src/backend-down.test.ts';
    const rows = FAILURES.map((failure) => {
      const { said, spans, run } = outcome(failure);
      const same = JSON.stringify(Object.entries(said.answers)) === JSON.stringify(Object.entries(bare.answers));
      const lines = run.stderr.split('\n').filter((line) => line !== '').length;
      return {
        area: 'Backend down',
        tried: `${CALLS} calls while the backend is ${WORDS[failure]}, with a queue of ${QUEUE} spans and room to keep ${KEPT}`,
        times: CALLS,
        result: `${same ? 'the same answers as without telemetry' : 'other answers'}; of ${spans.started} spans ${spans.exported} exported, ${spans.dropped + spans.failed} counted as lost; at most ${said.mostHeld} in memory; ${lines} ${lines === 1 ? 'warning' : 'warnings'}`,
        holds: same && run.exitCode === 0 && lines <= 5,
        command,
      };
    });
    await mkdir(new URL('.', ROWS), { recursive: true });
    await writeFile(ROWS, `${JSON.stringify(rows, null, 2)}\n`);
  });
});

const WORDS: Readonly<Record<Failure, string>> = {
  refused: 'not there (connection refused)',
  hanging: 'hanging: it takes requests and never answers',
  slow: 'slow: 300 ms for each answer',
  '429': 'answering 429 with Retry-After',
  '503': 'answering 503 with Retry-After',
  closing: 'closing connections after the request',
  resetting: 'resetting connections after the request',
  tls: 'showing a certificate of an unknown authority',
  'grpc refused': 'not there (gRPC, connection refused)',
  'grpc hanging': 'hanging: it takes gRPC calls and never answers',
  'grpc unavailable': 'answering gRPC status UNAVAILABLE',
  'grpc resetting': 'closing gRPC connections after the request',
};
