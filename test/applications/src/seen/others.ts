import { gunzipSync } from 'node:zlib';
import { read, type Exported } from '../../../runtimes/src/otlp.ts';
import type { Receiver } from '../../../runtimes/src/receiver.ts';
import { traces } from './traces.ts';

type Requests = Receiver['others'];

function textOf(body: Buffer): string {
  const [first, second] = body;
  return (first === 0x1f && second === 0x8b ? gunzipSync(body) : body).toString();
}

/** Langfuse's backend: OTLP by a path of its own. */
export function langfuse(requests: Requests): string[] {
  const exported: Exported = { spans: [], sums: new Map() };
  for (const { path, body } of requests) if (path === '/api/public/otel/v1/traces') read(textOf(body), exported);
  return traces(exported.spans).sort();
}

/** A span of Sentry's, from either of its two formats. */
interface SentrySpan {
  readonly id: string;
  readonly parent: string | undefined;
  /** Seconds since 1970. */
  readonly start: number;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function parsed(line: string): Json {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : {};
  } catch {
    // An attachment.
    return {};
  }
}

/** `attributes` of a streamed span have a type beside each value. */
function spanOf(span: Json, name: unknown, attributes: unknown): SentrySpan {
  const plain = Object.entries(isObject(attributes) ? attributes : {}).map(([key, value]) => [key, isObject(value) ? value['value'] : value] as const);
  const { span_id: id, parent_span_id: parent, start_timestamp: start } = span;
  return { id: String(id), parent: typeof parent === 'string' ? parent : undefined, start: Number(start), name: String(name), attributes: Object.fromEntries(plain) };
}

/** The span of a transaction, with those beneath it: `data` is what is called attributes elsewhere, `description` the name. */
function ofTransaction(item: Json): SentrySpan[] {
  const { trace } = isObject(item['contexts']) ? item['contexts'] : {};
  const whole = isObject(trace) ? [spanOf({ ...trace, start_timestamp: item['start_timestamp'] }, item['transaction'], trace['data'])] : [];
  return [...whole, ...objects(item['spans']).map((span) => spanOf(span, span['description'], span['data']))];
}

function streamed(item: Json): SentrySpan[] {
  return objects(item['items'])
    .filter((span) => 'span_id' in span)
    .map((span) => spanOf(span, span['name'], span['attributes']));
}

function sentrySpans(requests: Requests): SentrySpan[] {
  return requests
    .filter(({ path }) => path.includes('/envelope/'))
    .flatMap(({ body }) => textOf(body).split('\n').map(parsed))
    .flatMap((item) => (item['type'] === 'transaction' ? ofTransaction(item) : streamed(item)))
    .sort((one, other) => one.start - other.start);
}

/** Sentry's backend: a text for each span that has no parent there, as `traces()` writes them. */
export function sentry(requests: Requests): string[] {
  const spans = sentrySpans(requests);
  const ids = new Set(spans.map(({ id }) => id));
  const tree = (span: SentrySpan, depth: number): string =>
    [`${'  '.repeat(depth)}${span.name}`, ...spans.filter((child) => child.parent === span.id).map((child) => tree(child, depth + 1))].join('\n');
  return spans.filter(({ parent }) => parent === undefined || !ids.has(parent)).map((span) => tree(span, 0)).sort();
}

/** How many LLM calls and how many requests Sentry's backend counts, whoever made their spans. */
export function sentryCounts(requests: Requests): string[] {
  const spans = sentrySpans(requests);
  const calls = spans.filter(({ attributes }) => 'gen_ai.operation.name' in attributes).length;
  const sent = spans.filter(({ attributes }) => attributes['sentry.op'] === 'http.client' || 'http.request.method' in attributes).length;
  return [`${calls} LLM calls`, `${sent} requests`];
}
