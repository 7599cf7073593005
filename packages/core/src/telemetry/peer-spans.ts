import type { Span } from '@opentelemetry/api';
import { ATTR } from './names.ts';
import { scopeOf } from './native-spans.ts';
import { attributeOf } from './span-members.ts';

/** Another vendor's instrumentation that makes a span for each call of an SDK, and makes the call in it. */
interface Peer {
  readonly scope: RegExp;
  /** What says that a span of it stands for a call of a model, and not for an agent, a chain or a tool. */
  readonly attribute: string;
  readonly values: ReadonlySet<unknown>;
}

const OPERATIONS: ReadonlySet<unknown> = new Set(['chat', 'text_completion', 'completion', 'generate_content', 'embeddings']);

/** One line each. */
const PEERS: readonly Peer[] = [
  { scope: /^@opentelemetry\/instrumentation-openai$/, attribute: ATTR.operationName, values: OPERATIONS },
  { scope: /^@traceloop\/instrumentation-/, attribute: ATTR.operationName, values: OPERATIONS },
  { scope: /^@sentry\//, attribute: ATTR.operationName, values: OPERATIONS },
  { scope: /^@arizeai\/openinference-instrumentation-/, attribute: 'openinference.span.kind', values: new Set(['LLM', 'EMBEDDING']) },
];

/** Where Sentry's SDK is the tracer provider, all spans are of its own kind and name no scope. Those of its instrumentations say so. */
const SENTRY_ORIGIN = 'sentry.origin';

function peerScopeOf(span: Span): string | undefined {
  const origin = attributeOf(span, SENTRY_ORIGIN);
  return scopeOf(span) ?? (typeof origin === 'string' && origin.startsWith('auto.') ? '@sentry/core' : undefined);
}

/** OpenInference puts an object of its own in front of the span, which masks what is written. */
function behindMask(span: Span): Span {
  const behind: unknown = 'span' in span ? span.span : undefined;
  return isSpan(behind) ? behind : span;
}

function isSpan(value: unknown): value is Span {
  return typeof value === 'object' && value !== null && scopeOf(value) !== undefined && 'isRecording' in value && 'end' in value;
}

/** The span, of another vendor's instrumentation, that stands for a whole LLM call: itself, and not what is in front of it. */
export function peerSpanOf(active: Span): Span | undefined {
  const span = behindMask(active);
  const scope = peerScopeOf(span);
  if (scope === undefined || !span.isRecording()) return undefined;
  return PEERS.some((peer) => peer.scope.test(scope) && peer.values.has(attributeOf(span, peer.attribute))) ? span : undefined;
}
