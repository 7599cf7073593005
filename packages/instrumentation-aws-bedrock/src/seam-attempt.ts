import { guard, now } from '@outspan/core';
import type { Attempt, BodyFacts, Ending, RequestFacts } from '@outspan/core';
import { defectOf, isObject, observeIteration } from '@outspan/sdk-boundary';
import { streamOf } from './traced-send.ts';
import type { TracedSend } from './traced-send.ts';

/**
 * An exchange that no transport told of: it is put together from what passes through the SDK. Nothing is read that the SDK or
 * the application does not read.
 */
export class SeamAttempt {
  readonly #attempt: Attempt;
  readonly #call: TracedSend;
  /** Bytes of the body, where its head says so. */
  readonly #length: number;
  readonly #status: number;
  /** What its content type says the body is, where that is not what was asked for. */
  readonly #stray: 'html' | 'json' | undefined;

  constructor(attempt: Attempt, call: TracedSend, response: Readonly<Record<string, unknown>>) {
    this.#attempt = attempt;
    this.#call = call;
    const headers = headersOf(response['headers']);
    const value = (wanted: string): string | undefined => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
    const length = value('content-length');
    this.#stray = /^text\/html\b/i.test(value('content-type') ?? '') ? 'html' : /^application\/json\b/i.test(value('content-type') ?? '') ? 'json' : undefined;
    this.#length = length !== undefined && /^\d+$/.test(length) ? Number(length) : 0;
    this.#status = typeof response['statusCode'] === 'number' ? response['statusCode'] : 0;
    attempt.responseHead(this.#status, headers);
  }

  /** The SDK has read the answer, or begun to hand out its stream. */
  deserialised(output: unknown): void {
    const stream = streamOf(output);
    if (stream !== undefined) {
      this.#observe(stream);
      return;
    }
    const body = isObject(output) ? output['body'] : undefined;
    // InvokeModel hands out the bytes as they came.
    if (body instanceof Uint8Array) this.#attempt.responseChunk(body);
    else this.#answered('json', this.#call.described.dialect.readAnswer(output, { contentBytes: this.#call.contentBytes, promised: this.#request().promised }));
    this.#attempt.end({ by: 'completion' });
  }

  /** The SDK could not read the answer, or read an error. */
  failed(error: unknown): void {
    // Of an exchange that its caller stopped, whatever is wrong with it is wrong for that reason.
    if (this.#call.stops.aborted() !== undefined) return this.#attempt.end(this.#call.endingOf(error, 'body'));
    const text = textOf(error);
    const complaint = complaintOf(error, this.#length);
    if (text !== undefined) this.#attempt.responseChunk(new TextEncoder().encode(text));
    // Not what it was asked for, or not all of it: the bytes are gone, the complaint about them is left.
    else if (complaint !== undefined) this.#attempt.answered(complaint === 'page' || this.#stray === 'html' ? { form: 'html', bytes: this.#length } : this.#broken(complaint));
    else if (this.#status >= 300 && isObject(error)) this.#answered('json', this.#call.described.dialect.readAnswer(documentOf(error), { contentBytes: 0 }));
    else {
      this.#attempt.end(this.#call.endingOf(error, 'body'));
      return;
    }
    this.#attempt.end({ by: 'completion' });
  }

  #broken(defect: 'incomplete' | 'invalid'): BodyFacts {
    const bytes = this.#length;
    if (this.#call.operation.request?.stream !== true) return { form: 'json', bytes, defect };
    // The decoder of streams calls anything truncated that is no message.
    return this.#stray === undefined ? { form: 'events', bytes, defect } : { form: 'json', bytes, defect: 'invalid' };
  }

  #request(): RequestFacts {
    const { dialect, parameters } = this.#call.described;
    return this.#call.operation.request ?? dialect.readRequestParameters(parameters);
  }

  #observe(stream: object): void {
    const { dialect } = this.#call.described;
    const request = this.#request();
    const reader = dialect.readEvents(request, { contentBytes: this.#call.contentBytes, promised: request.promised });
    const end = (ending: Ending, defect?: BodyFacts['defect']): void => {
      this.#answered('events', reader.facts(), defect);
      this.#attempt.end(ending);
    };
    observeIteration(stream, {
      came: (event) => {
        this.#attempt.firstChunkAt ??= now();
        reader.pushParsed(event);
      },
      ended: () => end(this.#call.stops.aborted() === undefined ? { by: 'completion' } : { by: 'caller' }),
      left: () => end({ by: 'caller' }),
      failed: (error) => {
        if (this.#call.stops.aborted() !== undefined) return end(this.#call.endingOf(error, 'body'));
        const complaint = complaintOf(error, 0);
        const defect = complaint === 'page' ? 'invalid' : complaint;
        const type = exceptionOf(error);
        if (type !== undefined) guard('reading an exception', () => reader.push({ exception: type, data: JSON.stringify(documentOf(error)) }));
        if (type !== undefined || defect !== undefined) end({ by: 'completion' }, defect);
        else end(this.#call.endingOf(error, 'body'));
      },
    });
  }

  #answered(form: BodyFacts['form'], answer: NonNullable<BodyFacts['answer']>, defect?: BodyFacts['defect']): void {
    this.#attempt.answered({ form, bytes: this.#length, answer, ...(defect && { defect }) });
  }
}

function headersOf(headers: unknown): (readonly [string, string])[] {
  return isObject(headers) ? Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])) : [];
}

/** What the SDK's error says, as the document that it was read from. */
function documentOf(error: unknown): object {
  if (!isObject(error)) return {};
  const { name, message } = error;
  return { ...(typeof name === 'string' && name !== 'Error' && { __type: name }), message: typeof message === 'string' ? message : '' };
}

/** The text of the body that the SDK could not parse: it keeps that on its error, hidden. */
function textOf(error: unknown): string | undefined {
  const text = isObject(error) ? error['$responseBodyText'] : undefined;
  return typeof text === 'string' ? text : undefined;
}

/** An exception that came in the stream, by its class. */
function exceptionOf(error: unknown): string | undefined {
  if (!isObject(error) || typeof error['name'] !== 'string') return undefined;
  return error['$fault'] !== undefined || error['name'].endsWith('Exception') ? error['name'] : undefined;
}

/** What the SDK's decoders complain of, which is all that is left of what they were given. Those of streams have nothing but a text. */
function complaintOf(error: unknown, length: number): 'page' | 'incomplete' | 'invalid' | undefined {
  if (!isObject(error)) return undefined;
  const message = typeof error['message'] === 'string' ? error['message'] : '';
  if (error['name'] === 'SyntaxError') return message.startsWith("Unexpected token '<'") ? 'page' : defectOf(error, length);
  if (message.startsWith('Truncated event message')) return 'incomplete';
  return /checksum|message (?:length|header)/i.test(message) ? 'invalid' : undefined;
}
