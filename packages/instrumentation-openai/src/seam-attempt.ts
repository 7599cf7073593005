import { decodedHeaders, guard, now } from '@outspan/core';
import type { Attempt, Dialect, Ending, Phase, RequestFacts } from '@outspan/core';
import { defectOf, endingOf, isObject } from '@outspan/sdk-boundary';
import type { SignalLike } from '@outspan/sdk-boundary';
import { isResponse, isSdkStream } from './shape.ts';
import type { ResponseLike } from './shape.ts';
import { observeStream } from './stream-observer.ts';

/** What a seam attempt needs of the call that it belongs to. */
export interface SeamSurroundings {
  readonly dialect: Dialect;
  readonly request: RequestFacts;
  /** Whether the caller's own signal has fired. */
  readonly callerStopped: () => boolean;
  /** Bytes of the answer's messages that are to be kept; 0 keeps none. */
  readonly contentBytes: number;
}

/**
 * An exchange that no transport told of, since the application brought its own `fetch`: it is put together from what
 * passes through the SDK. Nothing is read that the SDK or the application does not read.
 */
export class SeamAttempt {
  readonly #attempt: Attempt;
  readonly #surroundings: SeamSurroundings;
  readonly #controller: SignalLike | undefined;
  /** Bytes of the body, where its head says so. */
  readonly #length: number | undefined;
  #status = 0;
  /** What its content type says the body is; a stream that is none has no events. */
  #form: 'events' | 'html' | 'json' = 'events';
  #headAt = 0;
  #abortedAt: number | undefined;
  #parsing = false;

  /** @param controller what aborts the exchange: the caller, the SDK's timer, or the end of its stream */
  constructor(attempt: Attempt, surroundings: SeamSurroundings, controller: AbortSignal | undefined, response: ResponseLike) {
    this.#attempt = attempt;
    this.#surroundings = surroundings;
    this.#controller = controller;
    controller?.addEventListener('abort', () => (this.#abortedAt ??= now()), { once: true });
    this.#headAt = now();
    this.#status = response.status;
    const headers = guard('reading response headers', () => decodedHeaders(response.headers)) ?? [];
    const contentType = headers.find(([name]) => name === 'content-type')?.[1] ?? '';
    if (/^text\/html\b/i.test(contentType)) this.#form = 'html';
    else if (/^application\/json\b/i.test(contentType)) this.#form = 'json';
    const length = headers.find(([name]) => name === 'content-length')?.[1];
    this.#length = length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
    attempt.responseHead(response.status, headers);
  }

  /** The SDK has gone on to its next try. */
  superseded(): void {
    // What was well begun is sent again only if its body did not come in time.
    if (this.#status < 400) this.#attempt.end({ by: 'deadline', phase: 'body' }, this.#abortedAt);
    // The SDK does not read the body of an answer that it will retry.
    else this.#attempt.end({ by: 'completion' }, this.#headAt);
  }

  /** The SDK gave up: over the response, or before it could try again. */
  refused(error: unknown): void {
    const ofTheResponse = isObject(error) && error['status'] === this.#status;
    if (ofTheResponse) this.#readErrorBody(error);
    this.#attempt.end({ by: 'completion' }, ofTheResponse ? undefined : this.#headAt);
  }

  /** The application took the response as it is: what it makes of the body is not seen. */
  handedOut(): void {
    if (this.#parsing) return;
    this.#attempt.answered({ form: 'opaque', bytes: this.#length ?? 0 });
    this.#attempt.end({ by: 'completion' });
  }

  /** The SDK starts to read the body. */
  parsing(): void {
    this.#parsing = true;
  }

  /** The SDK has read the body, or begun to hand out its stream. */
  parsed(value: unknown): void {
    if (isSdkStream(value)) {
      observeStream(value, this.#attempt, this.#surroundings, this.#form, (phase, error) => this.#ending(error, phase));
      return;
    }
    if (isResponse(value)) {
      // Of media, the SDK hands the response itself out.
      this.#parsing = false;
      this.handedOut();
      return;
    }
    if (value === undefined || value === null) this.#attempt.answered({ form: 'empty', bytes: 0 });
    else if (typeof value === 'string') this.#readText(value);
    else {
      const { dialect, request, contentBytes } = this.#surroundings;
      this.#attempt.answered({ form: 'json', bytes: this.#length ?? 0, answer: dialect.readAnswer(value, { contentBytes, promised: request.promised }) });
    }
    this.#attempt.end({ by: 'completion' });
  }

  /** The SDK could not read the body. */
  unparsed(error: unknown): void {
    const defect = defectOf(error, this.#length);
    if (defect === undefined) {
      this.#attempt.end(this.#ending(error, 'body'));
      return;
    }
    this.#attempt.answered(this.#length === 0 ? { form: 'empty', bytes: 0 } : { form: 'json', bytes: this.#length ?? 0, defect });
    this.#attempt.end({ by: 'completion' });
  }

  #ending(error: unknown, phase: Phase): Ending {
    // A transport may report a caller's abort as its own failure.
    if (this.#surroundings.callerStopped()) return { by: 'caller' };
    return this.#controller?.aborted === true && error === this.#controller.reason ? { by: 'caller' } : endingOf(error, phase);
  }

  #readErrorBody(error: Readonly<Record<string, unknown>>): void {
    const body = error['error'];
    if (body !== undefined && body !== null) {
      const { dialect } = this.#surroundings;
      // Some SDKs of the family keep the whole document, others what is in its `error`.
      const document = isObject(body) && isObject(body['error']) ? body : { error: body };
      this.#attempt.answered({ form: 'json', bytes: this.#length ?? 0, answer: dialect.readAnswer(document, { contentBytes: 0 }) });
      return;
    }
    // An error body that is no JSON is in the message, behind the status.
    const prefix = `${this.#status} `;
    const { message } = error;
    if (typeof message === 'string' && message.startsWith(prefix) && message !== `${prefix}status code (no body)`) this.#readText(message.slice(prefix.length));
  }

  #readText(text: string): void {
    this.#attempt.responseChunk(new TextEncoder().encode(text));
  }
}

/** An exchange that got no response. */
export function endWithoutResponse(attempt: Attempt, error: unknown): void {
  attempt.end(endingOf(error, 'headers'));
}
