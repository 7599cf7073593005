import { randomBytes } from 'node:crypto';

/** A value of a made span's attribute. A whole number is an int, any other a double. */
export type MadeValue = string | number | boolean;

/** A span as a test wants it. */
export interface MadeSpan {
  readonly name: string;
  /** Seconds that it took. */
  readonly seconds: number;
  readonly failed?: boolean;
  readonly attributes: Readonly<Record<string, MadeValue>>;
}

/** A trace as a test wants it: the first span is the root, the others its children. All end now. */
export interface MadeTrace {
  readonly traceId: string;
  readonly spans: readonly MadeSpan[];
}

/** A trace id, as random as an SDK's. */
export function newTraceId(): string {
  return randomBytes(16).toString('hex');
}

/**
 * Sends spans to a Collector over OTLP as JSON, in one request.
 * @throws where it does not take them
 */
export async function sendTraces(otlpHttpUrl: string, resource: Readonly<Record<string, MadeValue>>, traces: readonly MadeTrace[]): Promise<void> {
  const spans = traces.flatMap((trace) => {
    const root = randomBytes(8).toString('hex');
    return trace.spans.map((span, index) => encode(trace.traceId, index === 0 ? root : randomBytes(8).toString('hex'), index === 0 ? '' : root, span));
  });
  await post(`${otlpHttpUrl}/v1/traces`, { resourceSpans: [{ resource: { attributes: attributesOf(resource) }, scopeSpans: [{ scope: { name: 'made' }, spans }] }] });
}

/** Sends one cumulative counter with one point, as an application's SDK would. */
export async function sendCounter(otlpHttpUrl: string, resource: Readonly<Record<string, MadeValue>>, name: string, attributes: Readonly<Record<string, MadeValue>>, value: number): Promise<void> {
  const point = { attributes: attributesOf(attributes), startTimeUnixNano: nanoseconds(Date.now() - 60_000), timeUnixNano: nanoseconds(Date.now()), asInt: String(value) };
  await post(`${otlpHttpUrl}/v1/metrics`, {
    resourceMetrics: [{ resource: { attributes: attributesOf(resource) }, scopeMetrics: [{ scope: { name: 'made' }, metrics: [{ name, sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [point] } }] }] }],
  });
}

async function post(url: string, body: object): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(30_000) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${text}`);
}

const CLIENT = 3;
const ERROR = 2;

function encode(traceId: string, spanId: string, parentSpanId: string, span: MadeSpan): object {
  const end = Date.now();
  return {
    traceId,
    spanId,
    parentSpanId,
    name: span.name,
    kind: CLIENT,
    startTimeUnixNano: nanoseconds(end - span.seconds * 1000),
    endTimeUnixNano: nanoseconds(end),
    attributes: attributesOf(span.attributes),
    status: span.failed === true ? { code: ERROR } : {},
  };
}

function attributesOf(attributes: Readonly<Record<string, MadeValue>>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));
}

function valueOf(value: MadeValue): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** Milliseconds, which need not be whole, as the text of whole nanoseconds. */
function nanoseconds(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  return String(BigInt(whole) * 1_000_000n + BigInt(Math.round((milliseconds - whole) * 1_000_000)));
}
