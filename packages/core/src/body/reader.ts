import type { Dialect, ReadOptions, RequestFacts } from '../dialects/dialect.ts';
import type { BodyFacts, HeadFacts } from '../verdict/evidence.ts';
import type { BodyFindings, BodyPart } from './body-part.ts';
import { ChunkList } from './chunk-list.ts';
import { DocumentBody } from './document-body.ts';
import { codingsOf, EncodedBody } from './encoded-body.ts';
import { eventBody } from './event-body.ts';
import { type BodyForm, formOf } from './form.ts';
import { LINES_TYPE } from './lines.ts';
import { PageBody } from './page-body.ts';
import { isMedia, RawBody } from './raw-body.ts';

/** How much of a body is held, in bytes. */
export interface BodyCaps {
  /** A JSON document, an event or a compressed body up to this size is kept and read whole; of a larger document or event, its skeleton. */
  readonly responseBytes: number;
  /** What may come out of a compressed body. */
  readonly inflatedBytes: number;
}

/** The caps that hold where none are given. */
export const DEFAULT_BODY_CAPS: BodyCaps = { responseBytes: 1_048_576, inflatedBytes: 16_777_216 };

/** How a body is to be read. */
export interface BodyOptions extends ReadOptions {
  readonly caps?: Partial<BodyCaps>;
}

/** Reads one response's body. Not reusable. Nothing of it throws, whatever the bytes. */
export interface BodyReader {
  /** Takes the next bytes as they came over the wire. They are kept by reference and must not change afterwards. */
  push(chunk: Uint8Array): void;
  /** Takes the end and tells what the body amounts to. `cleanly`: the transport says that it completed. */
  finish(ended: { readonly cleanly: boolean }): BodyFacts;
  /** Bytes taken so far, as they came over the wire. */
  readonly bytes: number;
}

/**
 * Starts reading a response's body.
 *
 * @param head the response's head; without one the body is taken as sent plain
 */
export function readBody(head: HeadFacts | undefined, dialect: Dialect, request: RequestFacts, options: BodyOptions): BodyReader {
  return new Reader(head, dialect, request, options);
}

class Reader implements BodyReader {
  readonly #expected: number | undefined;
  readonly #part: BodyPart;
  bytes = 0;

  constructor(head: HeadFacts | undefined, dialect: Dialect, request: RequestFacts, options: BodyOptions) {
    this.#expected = head?.contentLength;
    const caps = { ...DEFAULT_BODY_CAPS, ...options.caps };
    const reading: ReadOptions = request.promised === undefined ? options : { ...options, promised: request.promised };
    const plain = (): BodyPart => new PlainBody(head, dialect, request, reading, caps.responseBytes);
    const codings = codingsOf(head?.contentEncoding);
    this.#part = codings.length === 0 ? plain() : new EncodedBody(codings, caps, plain);
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.bytes += chunk.length;
    this.#part.push(chunk);
  }

  finish(ended: { readonly cleanly: boolean }): BodyFacts {
    const findings: BodyFindings = this.bytes === 0 ? { form: 'empty' } : this.#part.finish(ended.cleanly);
    return { ...findings, bytes: this.bytes, ...(this.#expected !== undefined && { expected: this.#expected }) };
  }
}

const LESS_THAN = 0x3c;

/** Reads a body without content coding, in the form that its first bytes show. */
class PlainBody implements BodyPart {
  readonly #head: HeadFacts | undefined;
  readonly #dialect: Dialect;
  readonly #request: RequestFacts;
  readonly #options: ReadOptions;
  readonly #cap: number;
  /** Set once the form is known. */
  #part: BodyPart | undefined;
  /** What came before that, without leading white space (which gateways send to keep a connection open). */
  readonly #start = new ChunkList();

  constructor(head: HeadFacts | undefined, dialect: Dialect, request: RequestFacts, options: ReadOptions, cap: number) {
    this.#head = head;
    this.#dialect = dialect;
    this.#request = request;
    this.#options = options;
    this.#cap = cap;
  }

  push(chunk: Uint8Array): void {
    if (this.#part !== undefined) {
      this.#part.push(chunk);
      return;
    }
    const begun = this.#start.bytes > 0 ? chunk : withoutLeadingSpace(chunk);
    if (begun.length === 0) return;
    this.#start.push(begun);
    this.#part = this.#begin(false);
  }

  finish(cleanly: boolean): BodyFindings {
    if (this.#start.bytes === 0 && this.#part === undefined) return { form: 'empty' };
    const findings = (this.#part ?? this.#begin(true) ?? new PageBody()).finish(cleanly);
    const inVain = this.#request.stream && this.#dialect.streamsDocuments !== true && findings.form === 'json' && findings.answer?.recognised === true;
    return inVain ? { ...findings, inPlaceOfStream: true } : findings;
  }

  #begin(ended: boolean): BodyPart | undefined {
    // An error's body is a document, also where its answer would have been a stream.
    const { contentType, status = 200 } = this.#head ?? {};
    const start = this.#start.join();
    const mayBeRaw = this.#dialect.answersRaw === true && status < 400;
    const lines = this.#dialect.streamsLines === true;
    // A request that was not seen need not have asked for a stream to get one.
    const streamed = status < 400 && (this.#request.stream || (lines && LINES_TYPE.test(contentType ?? '')));
    const mayBe = streamed ? (lines ? 'lines' : 'array') : undefined;
    const form = mayBeRaw && isMedia(contentType) ? 'raw' : formOf(start, { contentType, mayBe, ended });
    if (form === undefined) return undefined;
    // Plain text that was asked for begins with no markup.
    const part = this.#create(form === 'page' && mayBeRaw && start[0] !== LESS_THAN ? 'raw' : form);
    for (const piece of this.#start.pieces()) part.push(piece);
    this.#start.clear();
    return part;
  }

  #create(form: BodyForm | 'raw'): BodyPart {
    if (form === 'raw') return new RawBody();
    if (form === 'page') return new PageBody();
    if (form === 'document') return new DocumentBody(this.#dialect, this.#options, this.#cap);
    return eventBody(form, this.#dialect, this.#request, this.#options, this.#cap);
  }
}

function withoutLeadingSpace(chunk: Uint8Array): Uint8Array {
  let at = 0;
  while (at < chunk.length && (chunk[at] === 0x20 || chunk[at] === 0x0a || chunk[at] === 0x0d || chunk[at] === 0x09)) at++;
  return at === 0 ? chunk : chunk.subarray(at);
}
