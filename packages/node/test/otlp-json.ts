import type { Received } from './receiver.ts';

type Json = null | string | number | boolean | readonly Json[] | { readonly [name: string]: Json };

/** A span as OTLP/JSON has it, attributes as a plain map. */
export interface ExportedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly attributes: Readonly<Record<string, Json>>;
  readonly resource: Readonly<Record<string, Json>>;
}

function isObject(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function items(value: Json | undefined, name: string): Json[] {
  const list = isObject(value) ? value[name] : undefined;
  return Array.isArray(list) ? [...list] : [];
}

function field(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) ? value[name] : undefined;
}

function text(value: Json | undefined, name: string): string {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
}

function plain(value: Json | undefined): Json {
  if (!isObject(value)) return null;
  const [only] = Object.values(value);
  return only ?? null;
}

function attributes(holder: Json | undefined): Record<string, Json> {
  return Object.fromEntries(items(holder, 'attributes').map((entry) => [text(entry, 'key'), plain(field(entry, 'value'))]));
}

/** Every span of the OTLP/JSON requests. */
export function spansOf(requests: readonly Received[]): ExportedSpan[] {
  return requests
    .filter((request) => request.path.endsWith('/v1/traces'))
    .flatMap((request) => {
      const document: Json = JSON.parse(request.body.toString());
      return items(document, 'resourceSpans').flatMap((resource) =>
        items(resource, 'scopeSpans').flatMap((scope) =>
          items(scope, 'spans').map((span) => ({
            name: text(span, 'name'),
            traceId: text(span, 'traceId'),
            spanId: text(span, 'spanId'),
            parentSpanId: field(span, 'parentSpanId') === undefined ? undefined : text(span, 'parentSpanId'),
            attributes: attributes(span),
            resource: attributes(field(resource, 'resource')),
          })),
        ),
      );
    });
}

function documents(requests: readonly Received[], path: string): Json[] {
  return requests.filter((request) => request.path.endsWith(path)).map((request): Json => JSON.parse(request.body.toString()));
}

/** The names of all events of the OTLP/JSON requests. */
export function eventNamesOf(requests: readonly Received[]): string[] {
  return documents(requests, '/v1/logs').flatMap((document) =>
    items(document, 'resourceLogs').flatMap((resource) => items(resource, 'scopeLogs').flatMap((scope) => items(scope, 'logRecords').map((record) => text(record, 'eventName')))),
  );
}

/** The names of all metrics of the OTLP/JSON requests, each once. */
export function metricNamesOf(requests: readonly Received[]): string[] {
  const names = documents(requests, '/v1/metrics').flatMap((document) =>
    items(document, 'resourceMetrics').flatMap((resource) => items(resource, 'scopeMetrics').flatMap((scope) => items(scope, 'metrics').map((metric) => text(metric, 'name')))),
  );
  return [...new Set(names)].sort();
}

/** The total of a counter as the last of the OTLP/JSON requests has it. */
export function totalOf(requests: readonly Received[], name: string): number | undefined {
  const points = documents(requests, '/v1/metrics').flatMap((document) =>
    items(document, 'resourceMetrics').flatMap((resource) =>
      items(resource, 'scopeMetrics').flatMap((scope) =>
        items(scope, 'metrics')
          .filter((metric) => text(metric, 'name') === name)
          .flatMap((metric) => items(field(metric, 'sum'), 'dataPoints')),
      ),
    ),
  );
  const last = points.at(-1);
  const value = field(last, 'asDouble') ?? field(last, 'asInt');
  return value === undefined ? undefined : Number(value);
}
