import { SpanStatusCode } from '@opentelemetry/api';
import type { Span, SpanStatus, TimeInput } from '@opentelemetry/api';
import { isObject } from '../body/json-access.ts';
import { guard } from '../guard.ts';
import { plainWord, REDACTED, withoutCredentials } from './credentials.ts';
import { endpointOf } from './endpoint.ts';
import { ATTR } from './names.ts';
import { attributeOf, attributesOf, eventsOf, removeAttributes } from './span-members.ts';

/** How an SDK that traces its own calls does it. */
interface NativeTracing {
  /** It makes a span for each try, and ends it when it is done with the head where it does not understand the body, which the application may go on reading. */
  readonly ofTries: boolean;
  /** It makes spans of tools and agents too, and names all of its spans after its own methods. */
  readonly ofSteps: boolean;
  /** `service.name` of the provider that it makes for itself: such spans go to its maker alone, and no other backend would see them. */
  readonly ownService?: string;
}

/** Instrumentation scopes of the SDKs that trace their own calls. */
const NATIVE_SCOPES: ReadonlyMap<string, NativeTracing> = new Map([
  ['com.anthropic.sdk.typescript', { ofTries: false, ofSteps: true }],
  ['mistralai_sdk_tracer', { ofTries: true, ofSteps: false, ownService: 'mistralai_sdk' }],
]);

/** Scopes that have such spans among others, of agents, steps and tools: `@ai-sdk/otel`. */
const SCOPES_WITH_CALLS: ReadonlySet<string> = new Set(['gen_ai']);

const INFERENCES: ReadonlySet<unknown> = new Set(['chat', 'generate_content', 'text_completion', 'embeddings']);

/** Whether an instrumentation scope is that of an SDK which traces its own calls. */
export function isNativeScope(scope: string): boolean {
  return tracingOf(scope) !== undefined;
}

/** Whether an instrumentation scope is that of an SDK that traces its own tools and agents. */
export function tracesSteps(scope: string): boolean {
  return tracingOf(scope)?.ofSteps === true;
}

/** Whether the SDK named this span of a call after its own method. */
export function isNamedByMethod(span: Span): boolean {
  return tracesSteps(scopeOf(span) ?? '');
}

function tracingOf(scope: string | undefined): NativeTracing | undefined {
  // Anthropic's clients for other platforms put the platform's name behind it: `com.anthropic.sdk.typescript.bedrock`.
  return scope === undefined ? undefined : (NATIVE_SCOPES.get(scope) ?? NATIVE_SCOPES.get(scope.slice(0, scope.lastIndexOf('.'))));
}

/** The instrumentation scope's name of an SDK span (a recording one), or undefined. */
export function scopeOf(span: object): string | undefined {
  // The older name is that of the SDK 1.
  const scope = 'instrumentationScope' in span ? span.instrumentationScope : 'instrumentationLibrary' in span ? span.instrumentationLibrary : undefined;
  return typeof scope === 'object' && scope !== null && 'name' in scope && typeof scope.name === 'string' ? scope.name : undefined;
}

/** The scope of a span that stands for an LLM call, or for a try of one, made by the SDK that makes the call. */
export function nativeScopeOf(span: Span): string | undefined {
  const scope = scopeOf(span);
  const tracing = tracingOf(scope);
  if (!span.isRecording()) return undefined;
  if (tracing === undefined) return scope !== undefined && SCOPES_WITH_CALLS.has(scope) && INFERENCES.has(attributeOf(span, ATTR.operationName)) ? scope : undefined;
  return tracing.ownService !== undefined && serviceOf(span) === tracing.ownService ? undefined : scope;
}

/** Whether such a span stands for one try of a call. */
export function isNativeTry(span: Span): boolean {
  return tracingOf(nativeScopeOf(span))?.ofTries === true;
}

function serviceOf(span: Span): unknown {
  const resource: unknown = 'resource' in span ? span.resource : undefined;
  return isObject(resource) ? attributeOf(resource, 'service.name') : undefined;
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
  const errorType = attributeOf(span, 'error.type');
  return { failed, ...(typeof errorType === 'string' && { errorType }) };
}

/** An abort as the status of a failure: Mistral's SDK writes the error that it met. */
const ABORTED = /^AbortError\b/;

/**
 * Keeps the status OK off a span: the conventions leave a success unset, and the SDK lets nothing replace an OK,
 * not even the error that its owner overlooked. Also off is the failure that its owner sees in an abort, which is the caller's own doing.
 */
export function withholdOk(span: Span): void {
  // oxlint-disable-next-line typescript/unbound-method -- kept to be applied to this very span
  const { setStatus } = span;
  span.setStatus = (status) => (status.code === SpanStatusCode.OK || (status.message !== undefined && ABORTED.test(status.message)) ? span : Reflect.apply(setStatus, span, [status]));
}

/**
 * Keeps off a span what its owner says of its status.
 *
 * @returns what lets the status be set again, and says what the owner wanted
 */
export function withholdStatus(span: Span): () => SpanStatus | undefined {
  // oxlint-disable-next-line typescript/unbound-method -- kept to be applied to this very span
  const { setStatus } = span;
  let withheld: SpanStatus | undefined;
  span.setStatus = (status) => {
    withheld = status;
    return span;
  };
  return () => {
    span.setStatus = setStatus;
    return withheld;
  };
}

/**
 * Takes from a span what says that it is an inference: the operation of a framework around it is that, and backends would
 * count the call, and its tokens, twice. What its SDK knows stays on it.
 */
export function withholdInference(span: Span): void {
  if (demoted.has(span)) return;
  demoted.add(span);
  whenEnding(span, () => removeAttributes(span, [ATTR.operationName]));
}

const demoted = new WeakSet<Span>();

/** Content that its SDK was told to record is the application's own affair, but for keys. */
const FREE_TEXT = /^gen_ai\.(?:system_instructions|input\.messages|output\.messages|tool\.definitions)$/;

/** Takes what could be a secret out of what an SDK wrote on its own span: keys, parts of an address, headers that were passed on as they came, keys that an error echoes. */
export function redactNativeSpan(span: Span): void {
  redactAttributes(span);
  for (const event of eventsOf(span)) redactTexts(attributesOf(event) ?? {});
  const status: unknown = 'status' in span ? span.status : undefined;
  if (isObject(status)) redactTexts(status);
}

/** Members of what OpenTelemetry's SDK has made itself. */
function redactTexts(texts: object): void {
  for (const [name, value] of Object.entries(texts)) if (typeof value === 'string') Reflect.set(texts, name, withoutCredentials(value));
}

function redactAttributes(span: Span): void {
  const attributes = attributesOf(span);
  if (attributes === undefined) return;
  const written = { ...attributes };
  const url = written[ATTR.urlFull];
  const endpoint = typeof url === 'string' && URL.canParse(url) ? endpointOf(new URL(url)) : undefined;
  const better: Readonly<Record<string, string | undefined>> = { [ATTR.urlFull]: endpoint?.url, [ATTR.urlPath]: endpoint?.path, [ATTR.urlQuery]: endpoint?.query };
  for (const [name, value] of Object.entries(written)) {
    // A list may be the application's own.
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) span.setAttribute(name, value.map(withoutCredentials));
    if (typeof value !== 'string') continue;
    // What the SDK took from a response's head is a word, or nothing.
    const redacted = name in better ? (better[name] ?? REDACTED) : FREE_TEXT.test(name) || !name.startsWith('anthropic.') ? withoutCredentials(value) : (plainWord(value) ?? REDACTED);
    if (redacted !== value) span.setAttribute(name, redacted);
  }
}

/**
 * Calls `before` right before the span's owner ends it, while it can still be written to.
 *
 * @param putOff takes what ends the span, as of now or of another time, where that is too early; then it sees to it that it is called
 */
export function whenEnding(span: Span, before: () => void, putOff: (end: (at?: TimeInput) => void) => boolean = () => false): void {
  // oxlint-disable-next-line typescript/unbound-method -- kept to be applied to this very span
  const { end } = span;
  span.end = function ending(...time) {
    const now = (at?: TimeInput): void => {
      span.end = end;
      guard('adopting a span', before);
      guard('redacting a span', () => redactNativeSpan(span));
      Reflect.apply(end, span, at === undefined ? time : [at]);
    };
    // Once is enough.
    span.end = () => undefined;
    if (guard('putting off the end of a span', () => putOff(now)) !== true) now();
  };
}
