import type { Span } from '@opentelemetry/api';
import { guard } from '../guard.ts';

/** Instrumentation scopes of the SDKs that trace their own calls with one span per logical call. */
const NATIVE_SCOPES: ReadonlySet<string> = new Set(['com.anthropic.sdk.typescript']);

/** The instrumentation scope's name of an SDK span (a recording one), or undefined. */
export function scopeOf(span: object): string | undefined {
  if (!('instrumentationScope' in span)) return undefined;
  const scope = span.instrumentationScope;
  return typeof scope === 'object' && scope !== null && 'name' in scope && typeof scope.name === 'string' ? scope.name : undefined;
}

/** The scope of a span that stands for a whole LLM call, made by the SDK that makes the call. */
export function nativeScopeOf(span: Span): string | undefined {
  const scope = scopeOf(span);
  return scope !== undefined && NATIVE_SCOPES.has(scope) && span.isRecording() ? scope : undefined;
}

/** Calls `before` right before the span's owner ends it, while it can still be written to. */
export function whenEnding(span: Span, before: () => void): void {
  // oxlint-disable-next-line typescript/unbound-method -- kept to be applied to this very span
  const { end } = span;
  span.end = function ending(...time) {
    span.end = end;
    guard('adopting a span', before);
    return Reflect.apply(end, span, time);
  };
}
