import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binaries, haveBackends } from './binaries.ts';
import { startPlatformCollector, type PlatformCollector } from './collector.ts';
import { storedSpans, type StoredSpan } from './jaeger-query.ts';
import { startJaeger, type Jaeger } from './jaeger.ts';
import { newTraceId, sendTraces, type MadeSpan, type MadeValue } from './made-spans.ts';
import { query, startPrometheus, type Prometheus } from './prometheus.ts';
import { until } from './until.ts';

const SERVER = { 'server.address': 'api.openai.com' };
const FAILURE = { 'outspan.error.class': 'server_error', 'outspan.error.origin': 'provider' };

function operation(seconds: number, attributes: Readonly<Record<string, MadeValue>>, failed: boolean = false): MadeSpan {
  return {
    name: 'chat gpt-5',
    seconds,
    failed,
    attributes: { ...SERVER, 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-5', 'outspan.operation.boundary': 'sdk', 'outspan.retry.count': 0, ...attributes },
  };
}

function attempt(number: number, seconds: number, failed: boolean = false, attributes: Readonly<Record<string, MadeValue>> = {}): MadeSpan {
  return { name: 'POST', seconds, failed, attributes: { ...SERVER, ...(failed && FAILURE), 'http.request.method': 'POST', 'outspan.attempt.number': number, ...attributes } };
}

/** The spans of a trace by what became of its call. */
const SHAPES = {
  failed: [operation(0.5, FAILURE, true), attempt(1, 0.4, true)],
  retried: [operation(0.5, { 'outspan.retry.count': 2 }), attempt(1, 0.1, true), attempt(2, 0.1, true), attempt(3, 0.1)],
  truncated: [operation(0.5, { 'outspan.response.truncated': true, 'outspan.response.truncation.kind': 'token_limit' }), attempt(1, 0.4, false, { 'outspan.response.truncated': true })],
  slow: [operation(25.5, {}), attempt(1, 25.4)],
  healthy: [operation(0.5, {}), attempt(1, 0.4)],
} as const;
type Shape = keyof typeof SHAPES;

/** How many spans of a trace are kept for their own sake, and so never wait in memory: all but the attempt of an operation that is merely slow. */
const KEPT = { failed: 2, retried: 4, truncated: 2, slow: 1 } as const;
const KEPT_SHAPES = ['failed', 'retried', 'truncated', 'slow'] as const;

/** Of a hundred traces: five failed, five retried, three truncated, two slow. */
const A_HUNDRED: readonly Shape[] = Array.from({ length: 100 }, (_, index) => (index < 5 ? 'failed' : index < 10 ? 'retried' : index < 13 ? 'truncated' : index < 15 ? 'slow' : 'healthy'));
const ATTEMPTS_OF_A_HUNDRED = 110;

const SHARE_PERCENT = 5;
const SERVICE = 'under load';

/** Whether the gateway chooses a healthy trace: by the random end of its id. */
function chosen(traceId: string): boolean {
  return Number.parseInt(traceId.slice(24), 16) * 100 < 2 ** 32 * SHARE_PERCENT;
}

interface Counts {
  readonly operations: number;
  readonly durations: number;
  readonly attempts: number;
}
const NOTHING: Counts = { operations: 0, durations: 0, attempts: 0 };

describe.runIf(haveBackends)('ten thousand traces through agent, balancer and two gateways, one of which is killed twice', () => {
  let prometheus: Prometheus;
  let jaeger: Jaeger;
  let gateways: readonly PlatformCollector[] = [];
  let balancer: PlatformCollector;
  let agent: PlatformCollector;

  const sent = new Map<string, Shape>();
  let spans: readonly StoredSpan[] = [];
  let beforeTheFirstKill = NOTHING;
  let whileOneWasGone = NOTHING;
  let atTheSecondKill = { sent: 0, counts: NOTHING };
  let atTheEnd = NOTHING;

  /** What all gateways counted since they began, those that were killed included: each start of one has series of its own. */
  async function counts(): Promise<Counts> {
    const total = async (metric: string): Promise<number> => (await query(prometheus, `sum(max_over_time(${metric}[15m]))`))[0]?.value ?? 0;
    return {
      operations: await total('outspan_spans_operations_calls_total'),
      durations: await total('outspan_spans_operations_duration_seconds_count'),
      attempts: await total('outspan_spans_attempts_duration_seconds_sum'),
    };
  }

  const expectedOf = (traces: number): Counts => ({ operations: traces, durations: traces, attempts: (traces / 100) * ATTEMPTS_OF_A_HUNDRED });

  /** The counts once there are as many as expected or more, or, where that does not come about, what there is after a while. */
  async function countsOnceThere(traces: number): Promise<Counts> {
    const expected = expectedOf(traces);
    await until(`${traces} traces to be counted`, 30_000, async () => {
      const { operations, durations, attempts } = await counts();
      return operations >= expected.operations && durations >= expected.durations && attempts >= expected.attempts;
    }).catch(() => undefined);
    return counts();
  }

  /** The counts once they stay the same for three flushes of the gateways. */
  async function countsAtRest(): Promise<Counts> {
    let last = '';
    let same = 0;
    await until('the counts to come to rest', 30_000, async () => {
      await sleep(1_000);
      const now = JSON.stringify(await counts());
      same = now === last ? same + 1 : 0;
      last = now;
      return same === 3;
    });
    return counts();
  }

  async function send(hundreds: number): Promise<void> {
    for (let index = 0; index < hundreds; index++) {
      const traces = A_HUNDRED.map((shape) => ({ shape, traceId: newTraceId(), spans: SHAPES[shape] }));
      await sendTraces(agent.otlpHttpUrl, { 'service.name': SERVICE, 'service.instance.id': 'one' }, traces);
      for (const { shape, traceId } of traces) sent.set(traceId, shape);
      await sleep(50);
    }
  }

  const ofShape = (shape: Shape): string[] => [...sent].filter(([, each]) => each === shape).map(([id]) => id);

  beforeAll(async () => {
    prometheus = await startPrometheus(binaries().prometheus);
    jaeger = await startJaeger(binaries().jaeger, { maxTraces: 50_000 });
    const env = {
      JAEGER_OTLP_GRPC_ENDPOINT: new URL(jaeger.otlpGrpcUrl).host,
      PROMETHEUS_REMOTE_WRITE_ENDPOINT: prometheus.remoteWriteUrl,
      SPAN_METRICS_INTERVAL: '1s',
      HEALTHY_SHARE_PERCENT: String(SHARE_PERCENT),
    };
    const victim = await startPlatformCollector(binaries().collector, ['gateway.yaml'], env);
    gateways = [victim];
    const other = await startPlatformCollector(binaries().collector, ['gateway.yaml'], env);
    gateways = [victim, other];
    balancer = await startPlatformCollector(binaries().collector, ['gateway-balancer.yaml'], { GATEWAYS: `[${gateways.map(({ otlpGrpcUrl }) => new URL(otlpGrpcUrl).host).join(', ')}]` });
    agent = await startPlatformCollector(binaries().collector, ['agent.yaml'], { BALANCER_ENDPOINT: new URL(balancer.otlpGrpcUrl).host, BATCH_TIMEOUT: '200ms' });

    await send(40);
    beforeTheFirstKill = await countsOnceThere(4_000);

    // While nothing is on its way, and so nothing is uncounted.
    await victim.kill();
    await send(30);
    await victim.restart();
    whileOneWasGone = await countsOnceThere(7_000);

    // In full flow.
    const sending = send(30);
    await until('a part of them to be sent', 30_000, async () => sent.size >= 8_000);
    const before = await counts();
    await victim.kill();
    atTheSecondKill = { sent: sent.size, counts: before };
    await victim.restart();
    await sending;

    const expected = [...sent].filter(([id, shape]) => shape !== 'healthy' || chosen(id)).length;
    await until(`${expected} traces in Jaeger`, 40_000, async () => {
      spans = await storedSpans(jaeger.queryUrl, SERVICE, 20_000);
      return new Set(spans.map(({ traceId }) => traceId)).size >= expected;
    }).catch(() => undefined);
    atTheEnd = await countsAtRest();
  });
  afterAll(async () => {
    await agent?.stop();
    await balancer?.stop();
    for (const gateway of gateways) await gateway.stop();
    await jaeger?.stop();
    await prometheus?.stop();
  });

  it('counts each trace once', () => {
    expect(beforeTheFirstKill).toEqual(expectedOf(4_000));
  });

  it('counts each trace once that was sent while a gateway was gone, and forgets none that were counted before', () => {
    expect(whileOneWasGone).toEqual(expectedOf(7_000));
  });

  it('loses, where a gateway is killed in full flow, at most the counts that it had not sent yet', () => {
    const uncounted = atTheSecondKill.sent - atTheSecondKill.counts.operations;
    expect(sent.size).toBe(10_000);
    expect(atTheEnd.operations).toBeGreaterThanOrEqual(10_000 - uncounted);
    // What it was being sent when it was killed is sent again; it may just have written that.
    expect(atTheEnd.operations).toBeLessThanOrEqual(10_000 + uncounted);
    expect(atTheEnd.durations).toBe(atTheEnd.operations);
  });

  it('keeps every failed, retried, truncated or slow trace, with all spans that are failed, retried, truncated or slow themselves', () => {
    const stored = new Map<string, Set<string>>();
    for (const { traceId, spanId } of spans) stored.set(traceId, (stored.get(traceId) ?? new Set()).add(spanId));
    for (const shape of KEPT_SHAPES) {
      const incomplete = ofShape(shape).filter((id) => (stored.get(id)?.size ?? 0) < KEPT[shape]);
      expect({ shape, incomplete }).toEqual({ shape, incomplete: [] });
    }
  });

  it('keeps of the healthy ones exactly those that their ids choose, about their share', () => {
    const ids = new Set(spans.map(({ traceId }) => traceId));
    const healthy = ofShape('healthy');
    const stored = healthy.filter((id) => ids.has(id));
    expect(stored.toSorted()).toEqual(healthy.filter(chosen).toSorted());
    expect(stored.length / healthy.length).toBeGreaterThan((SHARE_PERCENT / 100) * 0.7);
    expect(stored.length / healthy.length).toBeLessThan((SHARE_PERCENT / 100) * 1.3);
  });

  it('has series of each gateway and of each of its starts apart', async () => {
    const starts = await query(prometheus, 'count by (collector_instance_id) (last_over_time(outspan_spans_operations_calls_total[15m]))');
    expect(starts).toHaveLength(4);
  });
});
