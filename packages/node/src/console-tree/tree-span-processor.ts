import type { SpanContext } from '@opentelemetry/api';
import { writeStderr } from '@outspan/core';
import { PLAIN, type Palette } from './colours.ts';
import { renderOperation, type ShownSpan } from './render.ts';

/** What is read of a span. Those of the SDKs 2 and 3 have it. */
interface ReadableSpan extends ShownSpan {
  readonly parentSpanContext?: SpanContext | undefined;
  spanContext(): SpanContext;
}

/** Spans that are waited for at once. Past it the oldest is let go: printed if it was an operation, dropped if not. */
const MAX_FAMILIES = 1_000;
/** Attempts of one operation that are shown. */
const MAX_ATTEMPTS = 20;

/** A span that may turn out to be an operation, and what is known of its attempts. */
interface Family {
  operation?: ReadableSpan;
  readonly open: Set<string>;
  readonly attempts: ReadableSpan[];
  left: number;
}

/** How and where to print. */
export interface TreeOptions {
  readonly palette?: Palette;
  /** Takes the block of lines of one operation. Default: standard error. */
  readonly write?: (block: string) => void;
}

function isOperation(span: ReadableSpan): boolean {
  return 'gen_ai.operation.name' in span.attributes;
}

/** An HTTP exchange: ours by its number, another instrumentation's by its method. */
function isAttempt(span: ReadableSpan): boolean {
  return !isOperation(span) && ('outspan.attempt.number' in span.attributes || 'http.request.method' in span.attributes);
}

/**
 * Prints each finished operation with its attempts as a tree, as soon as all of them have ended in whatever order.
 * Attempts are known by their parent. Memory is bounded by the number of operations under way. A `SpanProcessor` of the
 * OpenTelemetry SDKs 2 and 3.
 */
export class TreeSpanProcessor {
  readonly #palette: Palette;
  readonly #write: (block: string) => void;
  /** By the span id of the (possible) operation, oldest first. */
  readonly #families = new Map<string, Family>();

  constructor(options: TreeOptions = {}) {
    this.#palette = options.palette ?? PLAIN;
    this.#write = options.write ?? writeStderr;
  }

  onStart(span: ReadableSpan): void {
    const parent = span.parentSpanContext?.spanId;
    if (parent !== undefined && isAttempt(span)) this.#family(parent).open.add(span.spanContext().spanId);
  }

  onEnd(span: ReadableSpan): void {
    const { spanId } = span.spanContext();
    if (isOperation(span)) {
      const family = this.#family(spanId);
      family.operation = span;
      this.#printIfWhole(spanId, family);
      return;
    }
    // Whatever this was, it was no operation: what its children left here is of no use.
    this.#families.delete(spanId);
    const parent = span.parentSpanContext?.spanId;
    if (parent === undefined || !isAttempt(span)) return;
    const family = this.#family(parent);
    family.open.delete(spanId);
    if (family.attempts.length < MAX_ATTEMPTS) family.attempts.push(span);
    else family.left += 1;
    this.#printIfWhole(parent, family);
  }

  /** Prints the operations that have ended, also those with an attempt that has not. */
  forceFlush(): Promise<void> {
    for (const [id, family] of this.#families) if (family.operation !== undefined) this.#print(id, family);
    return Promise.resolve();
  }

  async shutdown(): Promise<void> {
    await this.forceFlush();
    this.#families.clear();
  }

  #family(id: string): Family {
    const known = this.#families.get(id);
    if (known !== undefined) return known;
    const family: Family = { open: new Set(), attempts: [], left: 0 };
    this.#families.set(id, family);
    if (this.#families.size > MAX_FAMILIES) {
      const [oldest] = this.#families;
      if (oldest !== undefined) this.#print(oldest[0], oldest[1]);
    }
    return family;
  }

  #printIfWhole(id: string, family: Family): void {
    if (family.operation !== undefined && family.open.size === 0) this.#print(id, family);
  }

  #print(id: string, family: Family): void {
    this.#families.delete(id);
    if (family.operation === undefined) return;
    try {
      this.#write(renderOperation(family.operation, family.attempts, this.#palette, family.left));
    } catch {
      // A view that cannot be drawn is no reason to disturb anybody.
    }
  }
}
