import { createContextKey } from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import { context } from '../opentelemetry/context.ts';
import { ATTR } from '../telemetry/names.ts';
import { whenEnding } from '../telemetry/native-spans.ts';
import { removeAttributes } from '../telemetry/span-members.ts';
import type { SpanStartWatcher } from '../telemetry/span-starts.ts';

const EXPECTED: symbol = createContextKey('outspan.expected-span.v1');

/** A span that an SDK will make of the call that is made in a context, without making the call in the span. */
export class ExpectedSpan {
  /** Whether the first one is of one call. Else it is around several, each of which is an operation of its own. */
  readonly ofOneCall: boolean;
  span: Span | undefined;
  /** Whether a call was made; by something else than HTTP, nothing but the SDK's spans tells of it. */
  seen = false;

  constructor(ofOneCall: boolean) {
    this.ofOneCall = ofOneCall;
  }
}

/** The span that was expected in a context. */
export function expectedSpanOf(of: Context): ExpectedSpan | undefined {
  const value = of.getValue(EXPECTED);
  return isExpected(value) ? value : undefined;
}

/** A context in which a span is expected. */
export function withExpectedSpan(of: Context, expected: ExpectedSpan): Context {
  return of.setValue(EXPECTED, expected);
}

// Not instanceof: it may come from this package's other copy.
function isExpected(value: unknown): value is ExpectedSpan {
  return typeof value === 'object' && value !== null && 'ofOneCall' in value;
}

/** By these a call is counted. */
const COUNTED = [ATTR.operationName, ATTR.usageInput];

/** Finds the spans that are expected, of `@ai-sdk/otel`: one of the call, and one more of each request, which count the call again. */
export const EMBEDDING_SPANS: SpanStartWatcher = {
  wants(name, scope) {
    return scope === 'gen_ai' && name.startsWith('embeddings');
  },
  start({ context: parent }, startIn) {
    const span = startIn(parent);
    const expected = expectedSpanOf(parent ?? context.active());
    if (expected === undefined) return span;
    if (expected.ofOneCall && expected.span === undefined) expected.span = span;
    else whenEnding(span, () => expected.seen && removeAttributes(span, COUNTED));
    return span;
  },
};
