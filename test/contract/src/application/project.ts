import type { Json } from '../json.ts';

const LOOPBACK = /(?:http:\/\/)?(?:127\.0\.0\.1|localhost):\d+(?:\/s\/[a-z0-9]+)?/g;
/** Fields that tell the time of day. */
const CLOCKS: ReadonlySet<string> = new Set(['created', 'created_at', 'createTime', 'completed_at', 'date', 'localPort', 'totalRetryDelay']);
const DEEPEST = 12;

const EPOCH = /"(created|created_at|completed_at)": ?\d+/g;
const INSTANT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g;

/** Stack traces, which Google's SDK puts into an error as text. */
const FRAMES = /\n {4}at .*/g;

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;

/** Text without what differs from run to run: ports, session paths, the time of day, stack traces, and compressed bytes, in which the time is. */
export function steady(text: string): string {
  if (text.includes('\uFFFD')) return '<bytes>';
  return text.replaceAll(FRAMES, '').replaceAll(LOOPBACK, 'LOOPBACK').replaceAll(INSTANT, '<time>').replaceAll(UUID, '<uuid>').replaceAll(EPOCH, '"$1":0');
}

/** Whatever the application holds, as JSON; what is not plain is named by its class. */
export function project(value: unknown, depth = 0): Json {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string') return steady(value);
  if (value === undefined) return '<undefined>';
  if (typeof value !== 'object') return `<${typeof value}>`;
  if (depth > DEEPEST) return '<deep>';
  if (Array.isArray(value)) return value.map((item) => project(item, depth + 1));
  if (value instanceof Uint8Array) return `<${value.length} bytes>`;
  if (value instanceof Headers) return headers(value);
  const name = className(value);
  const fields = Object.entries(value).map(([key, field]) => [key, CLOCKS.has(key) && (typeof field === 'number' || typeof field === 'string') ? '<time>' : project(field, depth + 1)] as const);
  return { ...(name !== 'Object' && { $class: name }), ...Object.fromEntries(fields) };
}

/** Response headers without the clock's, and without the length of compressed bodies, in which the time of day is. */
export function headers(from: Iterable<readonly [string, string]>): Json {
  const all = [...from];
  const compressed = all.some(([name]) => name === 'content-encoding');
  return Object.fromEntries(all.filter(([name]) => !CLOCKS.has(name) && !(compressed && name === 'content-length')).map(([name, value]) => [name, steady(value)]));
}

/** The name of the class of a value. */
export function className(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return 'Object';
  const constructor: unknown = Reflect.get(value, 'constructor');
  return typeof constructor === 'function' ? constructor.name : 'Object';
}

/** What was thrown, by everything that an application can ask it. */
export function projectError(error: unknown, depth = 0): Json {
  if (typeof error !== 'object' || error === null) return { $thrown: project(error) };
  const facts: Record<string, Json> = { class: className(error) };
  for (const name of ['name', 'message', 'code', 'status', 'type', 'param', 'requestID', 'error', 'headers']) {
    const field: unknown = Reflect.get(error, name);
    if (field !== undefined) facts[name] = project(field);
  }
  facts['keys'] = Object.keys(error).toSorted();
  const cause: unknown = Reflect.get(error, 'cause');
  if (cause !== undefined && depth < 5) facts['cause'] = projectError(cause, depth + 1);
  const errors: unknown = Reflect.get(error, 'errors');
  if (Array.isArray(errors) && depth < 5) facts['errors'] = errors.map((inner) => projectError(inner, depth + 1));
  return facts;
}
