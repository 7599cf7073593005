import { contentFaults } from '../conventions/content-shapes.ts';
import { GIVEN_ATTRIBUTES } from '../conventions/given-attributes.ts';
import { HTTP_ATTRIBUTES } from '../conventions/http-attributes.ts';
import { NATIVE_ATTRIBUTES } from '../conventions/native-attributes.ts';
import { OUTSPAN_ATTRIBUTES } from '../conventions/outspan-attributes.ts';
import { closedEnum, isDeprecated, spanConvention } from '../conventions/registry.ts';
import type { AttributeType, AttributeUse, SpanConvention } from '../conventions/registry.ts';
import { isOperation, isStep } from '../telemetry.ts';
import type { EmittedSpan, Value } from '../telemetry.ts';
import { isAmong, isOfType } from './value.ts';

/** What a rule needs to know beside the span. */
export interface Surroundings {
  /** Spans of the same call. */
  readonly spans: readonly EmittedSpan[];
  /** Conditional attributes of the operation that apply to this call, by what was asked for and what was answered. */
  readonly applies: readonly string[];
}

/** Says what is wrong with a span, in sentences; nothing, if all is well. */
type Rule = (span: EmittedSpan, around: Surroundings) => readonly string[];

/** Recommended, but not said by a call that sets no such parameter: sampling parameters and their like. */
const ONLY_IF_ASKED: ReadonlySet<string> = new Set([
  'gen_ai.request.max_tokens',
  'gen_ai.request.temperature',
  'gen_ai.request.top_p',
  'gen_ai.request.top_k',
  'gen_ai.request.frequency_penalty',
  'gen_ai.request.presence_penalty',
  'gen_ai.request.stop_sequences',
  'gen_ai.request.encoding_formats',
  'gen_ai.embeddings.dimension.count',
  // Azure's and OpenAI's own: said where the provider says it.
  'openai.response.system_fingerprint',
]);

/** Structured values that may be plain text as well: what a tool gives has no schema. */
const TEXT_TOO: ReadonlySet<string> = new Set(['gen_ai.tool.call.result']);

/** Said by an answer: a call without one has none. */
const FROM_ANSWER = /^gen_ai\.(?:response|usage)\./;

/** The rules by the names that the conventions' own conformance suite has for them, where it has one. */
export const SPAN_RULES: Readonly<Record<string, Rule>> = {
  genai_operation_name_unknown: (span) =>
    !isOperation(span) || conventionOf(span) !== undefined ? [] : [`no span of the conventions has the operation name ${show(span.attributes['gen_ai.operation.name'])}`],

  genai_span_name_format: (span) => {
    // An adopted span keeps the name that its SDK gave it.
    if (NATIVE_ATTRIBUTES.has(span.scope)) return [];
    const expected = isOperation(span) ? operationName(span) : span.attributes['http.request.method'];
    return span.name === expected ? [] : [`is called ${show(span.name)}, not ${show(expected)}`];
  },

  genai_span_kind_unexpected: (span) => {
    const kinds = conventionOf(span)?.kinds ?? ['client'];
    return kinds.includes(span.kind) ? [] : [`is of kind ${span.kind}, not ${kinds.join(' or ')}`];
  },

  genai_expected_attribute_missing: (span, around) =>
    expected(span, around)
      .filter((name) => !(name in span.attributes))
      .map((name) => `lacks ${name}`),

  missing_attribute: (span) => {
    const known = knownOn(span);
    return Object.keys(span.attributes)
      .filter((name) => !known(name))
      .map((name) => `has ${name}, which ${isOperation(span) ? 'no operation' : 'no attempt'} has`);
  },

  deprecated: (span) =>
    Object.keys(span.attributes)
      .filter(isDeprecated)
      .map((name) => `has ${name}, which is deprecated`),

  type_mismatch: (span) =>
    Object.entries(span.attributes).flatMap(([name, value]) => {
      const type = useOf(span, name)?.type ?? OUTSPAN_ATTRIBUTES.get(name)?.type ?? GIVEN_ATTRIBUTES.get(name) ?? nativeType(span, name);
      return type === undefined || isOfType(value, type, false) || (TEXT_TOO.has(name) && typeof value === 'string') ? [] : [`${name} is no ${type}: ${show(value)}`];
    }),

  undefined_enum_variant: (span) =>
    Object.entries(span.attributes).flatMap(([name, value]) => {
      const ours = OUTSPAN_ATTRIBUTES.get(name);
      const allowed = ours?.values ?? closedEnum(name);
      return allowed === undefined || isAmong(value, allowed, ours?.list === true) ? [] : [`${name} has no value ${show(value)}`];
    }),

  genai_content_schema: (span) =>
    Object.entries(span.attributes).flatMap(([name, value]) => (useOf(span, name)?.type === 'any' && typeof value === 'string' ? contentFaults(name, parsed(value)) : [])),

  span_status_ok_set_by_instrumentation: (span) => (span.status === 'ok' ? ['has the status OK, which only an application sets'] : []),

  error_type_missing_on_error: (span) => (span.status === 'error' && span.attributes['error.type'] === undefined ? ['has the status ERROR and no error.type'] : []),

  error_type_without_error_status: (span) => (span.status !== 'error' && span.attributes['error.type'] !== undefined ? ['has an error.type without the status ERROR'] : []),

  // Exceptions go out as log records.
  no_span_events: (span) => (span.events.length === 0 ? [] : [`has span events: ${span.events.join(', ')}`]),

  http_error_status: (span) => {
    const status = span.attributes['http.response.status_code'];
    return !isOperation(span) && typeof status === 'number' && status >= 400 && span.status !== 'error' ? [`answered with ${status} without the status ERROR`] : [];
  },

  attempt_under_operation: (span, { spans }) => {
    if (isOperation(span)) return [];
    const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
    return parent !== undefined && isOperation(parent) ? [] : ['is an attempt that is no child of an operation'];
  },
};

function conventionOf(span: EmittedSpan): SpanConvention | undefined {
  return spanConvention(span.attributes['gen_ai.operation.name'], span.attributes['gen_ai.provider.name'], span.kind);
}

function operationName(span: EmittedSpan): string {
  const { attributes } = span;
  // The format names the attribute that the operation's name is followed by: `execute_tool {gen_ai.tool.name}`.
  const subject = /\{(gen_ai\.[\w.]+)\}$/.exec(conventionOf(span)?.nameFormat ?? '')?.[1] ?? 'gen_ai.request.model';
  const parts = [attributes['gen_ai.operation.name'], attributes[subject]];
  return parts.filter((part) => typeof part === 'string').join(' ');
}

function useOf(span: EmittedSpan, name: string): AttributeUse | undefined {
  return isOperation(span) ? conventionOf(span)?.attributes.get(name) : HTTP_ATTRIBUTES.get(name);
}

function knownOn(span: EmittedSpan): (name: string) => boolean {
  const where = placeOf(span);
  return (name) => useOf(span, name) !== undefined || OUTSPAN_ATTRIBUTES.get(name)?.on.includes(where) === true || (where !== 'attempt' && GIVEN_ATTRIBUTES.has(name)) || nativeType(span, name) !== undefined;
}

function placeOf(span: EmittedSpan): 'operation' | 'attempt' | 'step' {
  return isStep(span) ? 'step' : isOperation(span) ? 'operation' : 'attempt';
}

function nativeType(span: EmittedSpan, name: string): AttributeType | undefined {
  return NATIVE_ATTRIBUTES.get(span.scope)?.get(name);
}

/** The attributes that this span has to have. */
function expected(span: EmittedSpan, { applies }: Surroundings): string[] {
  const where = placeOf(span);
  const ours = [...OUTSPAN_ATTRIBUTES].filter(([, attribute]) => attribute.always && attribute.on.includes(where)).map(([name]) => name);
  const conventions = [...(isOperation(span) ? (conventionOf(span)?.attributes ?? []) : HTTP_ATTRIBUTES)];
  return [...conventions.filter(([name, use]) => applies.includes(name) || isExpected(name, use, span)).map(([name]) => name), ...ours];
}

function isExpected(name: string, use: AttributeUse, span: EmittedSpan): boolean {
  // An agent's is that of its calls, where it is one.
  if (name === 'gen_ai.request.model') return !isStep(span) && !neverSent(span);
  if (use.requirement === 'required') return true;
  if (name === 'error.type') return span.status === 'error';
  if (name === 'server.port') return span.attributes['server.address'] !== undefined;
  if (name === 'http.request.resend_count') return Number(span.attributes['outspan.attempt.number']) > 1;
  if (use.requirement !== 'recommended' || use.condition !== undefined || ONLY_IF_ASKED.has(name)) return false;
  // What an agent used and how it finished is that of its calls: without one there is nothing.
  if (isStep(span) && FROM_ANSWER.test(name)) return false;
  // The official suite demands them of failed calls as well, which would have to invent them.
  return !(FROM_ANSWER.test(name) && (span.status === 'error' || span.attributes['outspan.operation.cancelled'] === true));
}

/** Without a connection no body is sent, and it is the body that names the model where nothing but the wire is seen. */
function neverSent({ attributes }: EmittedSpan): boolean {
  return attributes['outspan.operation.boundary'] === 'inferred' && attributes['outspan.error.class'] === 'connection_refused';
}

function parsed(text: string): Value {
  try {
    const value: Value = JSON.parse(text);
    return value;
  } catch {
    return null;
  }
}

function show(value: Value | undefined): string {
  return JSON.stringify(value) ?? 'none';
}
