/** Telemetry that was lost on its way to the backend, said for a reader. */
export interface ExportFailure {
  /** The same for every signal and every repetition. */
  readonly cause: string;
  /** How much was lost, where the SDK says that. */
  readonly count?: number;
  /** @param count of all that was lost since this was said last */
  readonly text: (count: number) => string;
}

interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  /** The message as the SDK gave it. */
  readonly said: string;
  readonly code: string;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** What the metric reader logs as a mere text. */
const METRICS_LATE = /^PeriodicExportingMetricReader: (metrics export timed out)/;

function factsOf(value: unknown): ErrorFacts | undefined {
  const late = typeof value === 'string' ? METRICS_LATE.exec(value)?.[1] : undefined;
  if (late !== undefined) return { name: '', message: late, said: late, code: '' };
  if (!isRecord(value)) return undefined;
  // A host with two addresses that both refuse gives an AggregateError without a message of its own.
  const inner: unknown = Array.isArray(value['errors']) ? value['errors'][0] : undefined;
  const message = text(value['message']) || (isRecord(inner) ? text(inner['message']) : '') || text(value['errors']).split(',')[0] || '';
  return { name: text(value['name']), message: unwrapped(message), said: message, code: text(value['code']) };
}

/** The SDK's error handler gives an error as a JSON text of its properties, stack included. */
function parsed(message: unknown): unknown {
  if (typeof message !== 'string' || !message.startsWith('{')) return message;
  try {
    return JSON.parse(message);
  } catch {
    return message;
  }
}

/** What the SDK and gRPC put around the reason. */
const WRAPPING: readonly RegExp[] = [/^PeriodicExportingMetricReader: metrics export failed \(error (?:\w*Error: )?(.*)\)$/s, /^(.*?)\.? Resolution note: $/s];

function unwrapped(message: string): string {
  return WRAPPING.reduce((rest, pattern) => pattern.exec(rest)?.[1] ?? rest, message);
}

/** What logs that telemetry was dropped, because of `(.*)`: the batching processors and what keeps for the exporters. */
const DROPPED = /^Dropped (\d+) (\w+(?: \w+)?) because (maxQueueSize reached|the retry queue was full|the backend did not take them in time)/;
const QUEUE_VARIABLES: Readonly<Record<string, string>> = { spans: 'OTEL_BSP_MAX_QUEUE_SIZE' };

/** Why, for a reader. */
const REASONS: Readonly<Record<string, (what: string) => string>> = {
  'maxQueueSize reached': (what) => `the backend took them more slowly than they came, and the queue was full (${QUEUE_VARIABLES[what] ?? 'OTEL_BLRP_MAX_QUEUE_SIZE'}; the application is not affected)`,
  'the retry queue was full': () => 'the backend was away for longer than what is kept for it lasts (OUTSPAN_RETRY_QUEUE_SIZE, OUTSPAN_RETRY_QUEUE_BYTES; the application is not affected)',
  'the backend did not take them in time': () => 'the backend did not take them in time (the application is not affected)',
};

function describeDropped(parts: readonly unknown[]): ExportFailure | undefined {
  const [, count, what, reason] = parts.map((part) => (typeof part === 'string' ? DROPPED.exec(part) : null)).find((match) => match !== null) ?? [];
  const why = reason === undefined ? undefined : REASONS[reason];
  if (count === undefined || what === undefined || why === undefined) return undefined;
  return { cause: `dropped:${what}:${reason}`, count: Number(count), text: (sum) => `${sum} ${what} were dropped: ${why(what)}` };
}

/** What gRPC says beyond its status differs each time: how long it waited, and for what. */
const OF_GRPC = /^(\d+ [A-Z_]+): .*$/s;

function causeOf(message: string): string {
  return `export:${message.replace(OF_GRPC, '$1')}`;
}

/** What is logged where telemetry waits for its backend to be back. */
const KEPT = /^Kept (?:\w+|\w+ \w+) to export them again: (.*)$/s;

function describeKept(parts: readonly unknown[]): ExportFailure | undefined {
  const reason = parts.map((part) => (typeof part === 'string' ? KEPT.exec(part)?.[1] : undefined)).find((match) => match !== undefined);
  if (reason === undefined) return undefined;
  const message = unwrapped(reason);
  return {
    // As for what is not kept, such as metrics: one cause is said once.
    cause: causeOf(message),
    text: () => `telemetry could not be exported, and is kept until it can be: ${message.slice(0, 300)} (the application is not affected; this cause is reported at most every ten minutes)`,
  };
}

/** Of the operating system, of TLS (OpenSSL's names are Node's codes) and of Node's HTTP parser. */
const CONNECTION = /^(?:E[A-Z]+|(?:UNABLE_TO|CERT|DEPTH_ZERO|SELF_SIGNED|ERR_TLS|ERR_SSL|HPE)_[A-Z0-9_]+)$/;
const EXPORT_WORDS = /export|OTLP|UNAVAILABLE|UNAUTHENTICATED|DEADLINE_EXCEEDED|Request timed out|^Timeout$/i;

/** How a backend says that it does not know the path or the service of a signal. */
const UNKNOWN_SIGNAL = /Not Found|Method Not Allowed|UNIMPLEMENTED|unknown service/i;
const UNKNOWN_SIGNAL_HINT = '. A backend for traces alone? OTEL_METRICS_EXPORTER=none and OTEL_LOGS_EXPORTER=none keep from it what it does not take';

/**
 * Recognises what is logged when an exporter fails, a queue was full or telemetry is kept for later, and says it in one sentence.
 *
 * @returns `undefined` when the message is about something else
 */
export function describeExportFailure(parts: readonly unknown[]): ExportFailure | undefined {
  const ofKeeping = describeDropped(parts) ?? describeKept(parts);
  if (ofKeeping !== undefined) return ofKeeping;
  const facts = parts.map((part) => factsOf(parsed(part))).find((found) => found !== undefined);
  if (facts === undefined) return undefined;
  const isExport = CONNECTION.test(facts.code) || EXPORT_WORDS.test(facts.name) || EXPORT_WORDS.test(facts.said);
  if (!isExport) return undefined;
  const what = [/^\d+$/.test(facts.code) && !facts.message.startsWith(facts.code) ? facts.code : '', facts.message || facts.code || facts.name].filter((word) => word !== '').join(' ');
  return {
    // Not every signal gives the code.
    cause: causeOf(facts.message || what),
    text: () => `telemetry could not be exported and was dropped: ${what.slice(0, 300)}${UNKNOWN_SIGNAL.test(what) ? UNKNOWN_SIGNAL_HINT : ''} (the application is not affected; this cause is reported at most every ten minutes)`,
  };
}
