import type { Context, Span, SpanOptions, Tracer } from '@opentelemetry/api';
import { scopeOf } from './native-spans.ts';

/** A span that somebody starts. */
export interface SpanStart {
  readonly options: SpanOptions | undefined;
  /** Absent where it is started in the active one. */
  readonly context: Context | undefined;
}

/** Who watches for spans that others start with the OpenTelemetry SDK, whichever provider their tracer is of. */
export interface SpanStartWatcher {
  /** Whether a span is for this one. Asked for each span: it must be cheap. */
  wants(name: string, scope: string, context: Context | undefined): boolean;
  /** @param startIn starts it */
  start(start: SpanStart, startIn: (context: Context | undefined) => Span): Span;
}

type StartSpan = (name: string, options?: SpanOptions, context?: Context) => Span;
const WATCHERS = Symbol.for('outspan.span-start-watchers.v1');

interface WatchedPrototype {
  startSpan: StartSpan;
  [WATCHERS]?: Map<string, SpanStartWatcher>;
}

/**
 * Has `watcher` see the spans that are started, in place of the one that did so under the same name. No-op for tracers that are
 * not of the OpenTelemetry SDK.
 *
 * @param tracer one of the SDK; all of its kind are watched
 * @returns what takes it back
 */
export function watchSpanStarts(tracer: Tracer, name: string, watcher: SpanStartWatcher): () => void {
  // A tracer of the SDK names its scope; API proxies, no-op tracers and other vendors' are left alone.
  const prototype: unknown = scopeOf(tracer) === undefined ? undefined : Object.getPrototypeOf(tracer);
  if (!isWatchable(prototype)) return () => undefined;
  const watchers = prototype[WATCHERS] ?? watch(prototype);
  watchers.set(name, watcher);
  return () => {
    if (watchers.get(name) === watcher) watchers.delete(name);
  };
}

function watch(prototype: WatchedPrototype): Map<string, SpanStartWatcher> {
  const watchers = new Map<string, SpanStartWatcher>();
  Object.defineProperty(prototype, WATCHERS, { value: watchers, configurable: true });
  const original = prototype.startSpan;
  prototype.startSpan = function startSpan(this: Tracer, name, options, context) {
    const scope = scopeOf(this) ?? '';
    for (const watcher of watchers.values()) if (watcher.wants(name, scope, context)) return watcher.start({ options, context }, (parent) => Reflect.apply(original, this, [name, options, parent]));
    return Reflect.apply(original, this, [name, options, context]);
  };
  return watchers;
}

function isWatchable(prototype: unknown): prototype is WatchedPrototype {
  return typeof prototype === 'object' && prototype !== null && Object.hasOwn(prototype, 'startSpan');
}
