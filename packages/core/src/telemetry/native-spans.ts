import { SpanStatusCode } from '@opentelemetry/api';
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

/** What the SDK itself made of its call, read off the span that it is about to end. */
export interface NativeOutcome {
  readonly failed: boolean;
  /** The SDK's `error.type`. */
  readonly errorType?: string;
}

/** Reads the outcome off an SDK span. */
export function nativeOutcomeOf(span: object): NativeOutcome {
  const status = 'status' in span ? span.status : undefined;
  const failed = typeof status === 'object' && status !== null && 'code' in status && status.code === SpanStatusCode.ERROR;
  const attributes = 'attributes' in span ? span.attributes : undefined;
  const errorType = typeof attributes === 'object' && attributes !== null && 'error.type' in attributes ? attributes['error.type'] : undefined;
  return { failed, ...(typeof errorType === 'string' && { errorType }) };
}

/**
 * Keeps the status OK off a span: the conventions leave a success unset, and the SDK lets nothing replace an OK,
 * not even the error that its owner overlooked.
 */
export function withholdOk(span: Span): void {
  // oxlint-disable-next-line typescript/unbound-method -- kept to be applied to this very span
  const { setStatus } = span;
  span.setStatus = (status) => (status.code === SpanStatusCode.OK ? span : Reflect.apply(setStatus, span, [status]));
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
