import { SpanStatusCode } from '@opentelemetry/api';
import type { Span, TimeInput } from '@opentelemetry/api';
import { endSpan } from './host-span.ts';
import { isNativeTry, whenEnding, withholdStatus } from './native-spans.ts';
import { attributeOf, attributesOf, removeAttributes } from './span-members.ts';

/** The name that the AI SDK gives, in `ai.operationId`, to what it does in a try: `ai.generateText.doGenerate`. */
const TRY = /^ai\.\w+\.do(?:Generate|Stream|Embed|Rerank)$/;

/**
 * Whether a span stands for one try of a call, so that the call has as many as it was tried: the AI SDK 5 and 6 make them where
 * `experimental_telemetry` is on, with whatever tracer they are given, and so does version 7 with `LegacyOpenTelemetry`.
 * Mistral's SDK does with its telemetry on.
 */
export function isTry(span: Span): boolean {
  const operation = attributeOf(span, 'ai.operationId');
  return (typeof operation === 'string' && TRY.test(operation)) || isNativeTry(span);
}

/** How often the call may be sent again, by what its SDK says on the span of a try. */
export function retriesAllowedBy(span: object): number | undefined {
  const retries = attributeOf(span, 'ai.settings.maxRetries');
  return typeof retries === 'number' ? retries : undefined;
}

/** Takes from the span of a further try what the call used, which is said of the call: whoever adds up tokens would count them twice. What the SDK calls them in its own words stays. */
export function withholdUsage(span: Span, isSaid: () => boolean): void {
  whenEnding(span, () => {
    if (isSaid()) removeAttributes(span, Object.keys(attributesOf(span) ?? {}).filter((name) => name.startsWith('gen_ai.usage.')));
  });
}

/** Who uses the span of a try for the whole call. */
export interface TrySpanUser {
  /**
   * The SDK ends the span.
   *
   * @returns the time, by the clock that the call's attempts are timed by
   */
  ended(): TimeInput;
  /**
   * Writes what became of the call, right before the span ends.
   *
   * @returns whether the call is as the SDK saw this try
   */
  write(): boolean;
}

/**
 * The SDK's span of the first try, which stands for the call with all its tries: it ends no sooner than the call, and a failure
 * of that try is not said of a call that came to something, or was stopped by its caller.
 */
export class TrySpan {
  readonly #span: Span;
  #callEnded: TimeInput | undefined;
  #end: ((at: TimeInput) => void) | undefined;
  #forgotten = false;

  constructor(span: Span, user: TrySpanUser) {
    this.#span = span;
    const releaseStatus = withholdStatus(span);
    whenEnding(
      span,
      () => {
        const ofSdk = releaseStatus();
        if (user.write() && ofSdk?.code === SpanStatusCode.ERROR) span.setStatus(ofSdk);
      },
      (end) => {
        const at = user.ended();
        if (this.#callEnded === undefined) this.#end = end;
        else end(this.#forgotten ? this.#callEnded : at);
        return true;
      },
    );
  }

  /**
   * The call is over.
   *
   * @returns whether the span has ended: otherwise the SDK has yet to end it
   */
  callEnded(at: TimeInput): boolean {
    this.#callEnded = at;
    this.#end?.(at);
    return this.#end !== undefined;
  }

  /** Ends it for its SDK, which will not. */
  endForSdk(): void {
    if (this.#callEnded === undefined || !this.#span.isRecording()) return;
    this.#forgotten = true;
    endSpan(this.#span, undefined);
    // Should the SDK still come to it, that changes nothing.
    this.#span.end = () => undefined;
  }
}
