import { DiagLogLevel } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import { logLevel, StderrLogger } from './stderr-log.ts';

function logger(): { log: StderrLogger; lines: string[] } {
  const lines: string[] = [];
  return { log: new StderrLogger((line) => lines.push(line)), lines };
}

it('says a warning once, in one line', () => {
  const { log, lines } = logger();
  log.warn('namespace', 'first\n  second');
  log.warn('namespace', 'first\n  second');
  expect(lines).toEqual(['[opentelemetry] warn: namespace first second']);
});

it('lets nothing that a backend answers move the cursor, colour, or break the line', () => {
  const { log, lines } = logger();
  log.error(JSON.stringify({ name: 'OTLPExporterError', message: 'export failed: \u001b[2J\u0007\r[opentelemetry] all is well\u202e', stack: '' }));
  expect(lines).toEqual([expect.stringContaining(String.raw`\u001b[2J\u0007\u000d[opentelemetry] all is well\u202e`)]);
});

it('says what to switch off where a backend does not know a signal', () => {
  const { log, lines } = logger();
  log.error(JSON.stringify({ name: 'Error', message: 'PeriodicExportingMetricReader: metrics export failed (error OTLPExporterError: Not Found)', stack: '' }));
  expect(lines).toEqual([expect.stringContaining('Not Found. A backend for traces alone? OTEL_METRICS_EXPORTER=none')]);
});

it('turns the stack of a failed export, as the SDK logs it, into one sentence for all signals', () => {
  const { log, lines } = logger();
  const failure = { stack: 'Error: connect ECONNREFUSED 127.0.0.1:4318\n    at x', message: 'connect ECONNREFUSED 127.0.0.1:4318', errno: '-111', code: 'ECONNREFUSED', name: 'Error' };
  log.error(JSON.stringify(failure));
  log.error(JSON.stringify({ ...failure, message: `PeriodicExportingMetricReader: metrics export failed (error Error: ${failure.message})` }));
  expect(lines).toEqual([expect.stringMatching(/^\[opentelemetry\] warn: telemetry could not be exported and was dropped: connect ECONNREFUSED 127\.0\.0\.1:4318 \(/)]);
});

const REFUSED = JSON.stringify({ message: 'connect ECONNREFUSED 127.0.0.1:4318', code: 'ECONNREFUSED', name: 'Error' });

it('says a loss that goes on again after ten minutes, with how often it happened', () => {
  const lines: string[] = [];
  let now = 1_000;
  const log = new StderrLogger((line) => lines.push(line), true, () => now);
  for (let minute = 0; minute < 25; minute++, now += 60_000) log.error(REFUSED);
  expect(lines).toEqual([
    expect.stringMatching(/ECONNREFUSED.*every ten minutes\)$/),
    expect.stringMatching(/ECONNREFUSED.*\(10 times since this was said last\)$/),
    expect.stringMatching(/ECONNREFUSED.*\(10 times since this was said last\)$/),
  ]);
});

it('adds up the spans that a full queue dropped', () => {
  const lines: string[] = [];
  let now = 1_000;
  const log = new StderrLogger((line) => lines.push(line), true, () => now);
  for (const dropped of [7, 20, 30]) log.warn(`Dropped ${dropped} spans because maxQueueSize reached`);
  now += 600_000;
  log.warn('Dropped 5 spans because maxQueueSize reached');
  expect(lines).toEqual([expect.stringMatching(/ 7 spans were dropped: .*OTEL_BSP_MAX_QUEUE_SIZE/), expect.stringMatching(/ 55 spans were dropped: .*\(3 times since/)]);
});

it.each([
  JSON.stringify({ stack: 'Error: unable to verify the first certificate\n    at x', message: 'unable to verify the first certificate', code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', name: 'Error' }),
  JSON.stringify({ message: 'self-signed certificate', code: 'DEPTH_ZERO_SELF_SIGNED_CERT', name: 'Error' }),
  JSON.stringify({ message: 'Parse Error: Expected HTTP/', code: 'HPE_INVALID_CONSTANT', name: 'Error' }),
  'PeriodicExportingMetricReader: metrics export timed out after 30000ms',
])('knows %s for a failed export', (message) => {
  const { log, lines } = logger();
  log.error(message);
  expect(lines).toEqual([expect.stringMatching(/^\[opentelemetry\] warn: telemetry could not be exported and was dropped: [^{}]*$/)]);
});

it('leaves an error that is about something else alone', () => {
  const { log, lines } = logger();
  log.error('Invalid attribute value set for key: x');
  expect(lines).toEqual(['[opentelemetry] error: Invalid attribute value set for key: x']);
});

it('says in one line that the application starts a second SDK', () => {
  const { log, lines } = logger();
  for (const api of ['trace', 'context', 'metrics']) log.error(`Error: @opentelemetry/api: Attempted duplicate registration of API: ${api}\n    at registerGlobal (global-utils.js:1:1)`);
  expect(lines).toEqual([expect.stringMatching(/^\[opentelemetry\] warn: the application starts an OpenTelemetry SDK of its own .* import @outspan\/node\/instrument instead of register$/)]);
});

it('cuts what is too long and survives a writer that throws', () => {
  const { log, lines } = logger();
  log.error('x'.repeat(100_000));
  expect(lines[0]?.length).toBeLessThan(1_100);
  const failing = new StderrLogger(() => {
    throw new Error('closed');
  });
  expect(() => failing.warn('x')).not.toThrow();
});

it('shows warnings when no level is asked for', () => {
  expect(logLevel(undefined)).toBe(DiagLogLevel.WARN);
  expect(logLevel('debug')).toBe(DiagLogLevel.DEBUG);
});

it('says once, of all signals, that telemetry is kept for a backend that is away', () => {
  const { log, lines } = logger();
  log.warn('Kept spans to export them again: connect ECONNREFUSED 127.0.0.1:4318');
  log.warn('Kept log records to export them again: connect ECONNREFUSED 127.0.0.1:4318');
  log.error(REFUSED);
  expect(lines).toEqual([expect.stringMatching(/^\[opentelemetry\] warn: telemetry could not be exported, and is kept until it can be: connect ECONNREFUSED 127\.0\.0\.1:4318 \(/)]);
});

it('says how much was dropped for want of room to keep it, and what makes the room larger', () => {
  const { log, lines } = logger();
  log.warn('Dropped 12 log records because the retry queue was full');
  expect(lines).toEqual([expect.stringMatching(/ 12 log records were dropped: .*OUTSPAN_RETRY_QUEUE_SIZE/)]);
});

it('takes a gRPC deadline for one cause, however long it was', () => {
  const { log, lines } = logger();
  log.warn('Kept spans to export them again: 4 DEADLINE_EXCEEDED: Deadline exceeded after 10.001s,LB pick: 0.002s,remote_addr=127.0.0.1:4317');
  log.warn('Kept spans to export them again: 4 DEADLINE_EXCEEDED: Deadline exceeded after 9.998s,Waiting for LB pick');
  expect(lines).toHaveLength(1);
});
