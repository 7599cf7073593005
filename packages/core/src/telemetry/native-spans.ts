import { SpanStatusCode } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/api';
import { guard } from '../guard.ts';
import { plainWord, REDACTED, withoutCredentials } from './credentials.ts';
import { endpointOf } from './endpoint.ts';
import { ATTR } from './names.ts';

/** Instrumentation scopes of the SDKs that trace their own calls with one span per logical call. */
const NATIVE_SCOPES: ReadonlySet<string> = new Set(['com.anthropic.sdk.typescript']);

/** Whether an instrumentation scope is that of an SDK which traces its own calls. */
export function isNativeScope(scope: string): boolean {
  // Anthropic's clients for other platforms put the platform's name behind it: `com.anthropic.sdk.typescript.bedrock`.
  return NATIVE_SCOPES.has(scope) || NATIVE_SCOPES.has(scope.slice(0, scope.lastIndexOf('.')));
}

/** The instrumentation scope's name of an SDK span (a recording one), or undefined. */
export function scopeOf(span: object): string | undefined {
  if (!('instrumentationScope' in span)) return undefined;
  const scope = span.instrumentationScope;
  return typeof scope === 'object' && scope !== null && 'name' in scope && typeof scope.name === 'string' ? scope.name : undefined;
}

/** The scope of a span that stands for a whole LLM call, made by the SDK that makes the call. */
export function nativeScopeOf(span: Span): string | undefined {
  const scope = scopeOf(span);
  return scope !== undefined && isNativeScope(scope) && span.isRecording() ? scope : undefined;
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

/**
 * Takes from a span what says that it is an inference: the operation of a framework around it is that, and backends would
 * count the call, and its tokens, twice. What its SDK knows stays on it.
 */
export function withholdInference(span: Span): void {
  if (demoted.has(span)) return;
  demoted.add(span);
  whenEnding(span, () => {
    const attributes: unknown = 'attributes' in span ? span.attributes : undefined;
    if (typeof attributes === 'object' && attributes !== null) Reflect.deleteProperty(attributes, ATTR.operationName);
  });
}

const demoted = new WeakSet<Span>();

/** Content that its SDK was told to record is the application's own affair, but for keys. */
const FREE_TEXT = /^gen_ai\.(?:system_instructions|input\.messages|output\.messages|tool\.definitions)$/;

/** Takes what could be a secret out of what an SDK wrote on its own span: keys, parts of an address, headers that were passed on as they came. */
export function redactNativeSpan(span: Span): void {
  const attributes: unknown = 'attributes' in span ? span.attributes : undefined;
  if (typeof attributes !== 'object' || attributes === null) return;
  const written: Readonly<Record<string, unknown>> = { ...attributes };
  const url = written[ATTR.urlFull];
  const endpoint = typeof url === 'string' && URL.canParse(url) ? endpointOf(new URL(url)) : undefined;
  const better: Readonly<Record<string, string | undefined>> = { [ATTR.urlFull]: endpoint?.url, [ATTR.urlPath]: endpoint?.path, [ATTR.urlQuery]: endpoint?.query };
  for (const [name, value] of Object.entries(written)) {
    if (typeof value !== 'string') continue;
    // What the SDK took from a response's head is a word, or nothing.
    const redacted = name in better ? (better[name] ?? REDACTED) : FREE_TEXT.test(name) || !name.startsWith('anthropic.') ? withoutCredentials(value) : (plainWord(value) ?? REDACTED);
    if (redacted !== value) span.setAttribute(name, redacted);
  }
}

/** Calls `before` right before the span's owner ends it, while it can still be written to. */
export function whenEnding(span: Span, before: () => void): void {
  // oxlint-disable-next-line typescript/unbound-method -- kept to be applied to this very span
  const { end } = span;
  span.end = function ending(...time) {
    span.end = end;
    guard('adopting a span', before);
    guard('redacting a span', () => redactNativeSpan(span));
    return Reflect.apply(end, span, time);
  };
}
