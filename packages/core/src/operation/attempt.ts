import type { Context, Span } from '@opentelemetry/api';
import { eventCountOf } from '../body/event-count.ts';
import { LeadingComments } from '../body/leading-comments.ts';
import { readBody } from '../body/reader.ts';
import type { BodyReader } from '../body/reader.ts';
import { now } from '../clock.ts';
import type { Settings } from '../config.ts';
import { guard } from '../guard.ts';
import { speaks } from '../dialects/stranger.ts';
import type { AnswerFacts, Dialect, ReadOptions, RequestFacts } from '../dialects/dialect.ts';
import type { HeadTelemetry } from '../head/head-facts.ts';
import { credentialsIn, isEchoedCredential } from '../head/echo.ts';
import { readHead } from '../head/head-facts.ts';
import type { SharedSpan } from '../telemetry/shared-span.ts';
import type { Ending, Evidence, HeadFacts } from '../verdict/evidence.ts';
import { judgeAttempt } from '../verdict/judge-attempt.ts';
import { checkAnswer, type RequestSchemas } from '../verdict/schema-check.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { fingerprintBody } from './fingerprint.ts';
import { ChunkPace } from './chunk-pace.ts';
import type { Operation } from './operation.ts';

/** What capture knows when an HTTP request starts. */
export interface AttemptStart {
  readonly method: string;
  readonly url: URL;
  /** The context that the request was made in. */
  readonly context: Context;
  /** Monotonic milliseconds; now, if absent. */
  readonly startedAt?: number;
  /** It is no request of its own: it goes over a connection that other exchanges share (a WebSocket), and has no span. */
  readonly overConnection?: true;
  /** The body's length in bytes, where the client announces it. */
  readonly contentLength?: number;
  /** A request header's value by its lower-case name. Asked only while the attempt begins: what it holds on to is not held any longer. */
  readonly header?: (name: string) => string | undefined;
}

/** What is said of a deadline or a retry by the request's own headers. Hints: none is trusted alone. */
interface RequestHints {
  /** Which of its client's tries this is, counted from 0 (`x-stainless-retry-count`). */
  readonly retryCount?: number;
  /** Between what milliseconds the client's deadline lies: its header tells whole seconds. */
  readonly deadline?: { readonly least: number; readonly most: number; readonly covers: 'head' | 'body' };
}

/** What follows an attempt's steps: the tracker that started it. */
export interface AttemptOwner {
  readonly settings: Settings;
  /** Whether an attempt that starts now may be another try at a call that failed. */
  readonly awaitsRetries: boolean;
  /** Whether anything is made of the time between chunks. */
  readonly measuresPace: boolean;
  /** Whether anything comes of reading an exchange: its call is, or may yet be, recorded or counted. */
  reads(attempt: Attempt): boolean;
  /** The attempt needs its operation now; called at most once. */
  materialise(attempt: Attempt): void;
  /** The attempt needs its span now, unless it has one. */
  startSpan(attempt: Attempt): void;
  /** The request is read and its body is about to be let go of; called at most once, and not where an SDK told the request. */
  requestRead(attempt: Attempt): void;
  /** The schemas that its request carries, where answers are checked against them. */
  schemasOf(attempt: Attempt): RequestSchemas | undefined;
  /** The attempt ended and was judged; called once. */
  ended(attempt: Attempt): void;
}

/** One HTTP exchange of an operation, from its request to its judged end. Capture calls its methods as bytes go by. */
export class Attempt {
  // Without `header`, which holds the request: what undici keeps of an SDK's signal until the request is collected may lead here.
  readonly start: Omit<AttemptStart, 'header'>;
  readonly dialect: Dialect;
  readonly startedAt: number;
  readonly hints: RequestHints;
  /** What the client calls itself. */
  readonly agent: string | undefined;
  /** Set when the attempt is materialised. */
  operation: Operation | undefined;
  span: Span | undefined;
  /** Set when `span` belongs to another instrumentation. */
  sharedSpan: SharedSpan | undefined;
  /** 1-based; 0 until the attempt is materialised. */
  number = 0;
  /** How often what it sends was sent before. */
  resends = 0;
  head: HeadFacts | undefined;
  headTelemetry: HeadTelemetry | undefined;
  firstChunkAt: number | undefined;
  endedAt: number | undefined;
  lastSeenAt: number;
  ending: Ending | undefined;
  evidence: Evidence | undefined;
  verdict: Verdict | undefined;
  /** Whether it may be a stranger's request, on a path that the dialect shares. A stranger's stays doubted, and leaves no trace. */
  doubted: boolean;
  readonly #owner: AttemptOwner;
  readonly #credentials: readonly string[];
  readonly #told: ReturnType<NonNullable<Dialect['readHeaders']>> | undefined;
  #request: RequestFacts | undefined;
  #fingerprint: string | undefined;
  // Undefined where the request is known without its body, and when it has been read.
  #sent: Uint8Array[] | undefined;
  // Held until it is known whether the attempt can be tried again.
  #unhashed: readonly Uint8Array[] | undefined;
  /** Whether nothing of the exchange is read; undefined until it is asked. */
  #unread: boolean | undefined;
  #seen = false;
  #sentBytes = 0;
  #reader: BodyReader | undefined;
  #pace: ChunkPace | undefined;
  readonly #comments = new LeadingComments();
  #parsedBody: Evidence['body'];

  constructor(start: AttemptStart, dialect: Dialect, owner: AttemptOwner, request: RequestFacts | undefined, doubted = false) {
    const { header, ...facts } = start;
    this.start = facts;
    this.dialect = dialect;
    this.#owner = owner;
    this.#request = request;
    this.#sent = request === undefined ? [] : undefined;
    this.doubted = doubted;
    this.agent = header?.('user-agent');
    this.#told = header && dialect.readHeaders?.(header);
    this.startedAt = start.startedAt ?? now();
    this.lastSeenAt = this.startedAt;
    this.hints = readHints(start);
    this.#credentials = credentialsIn(start.header);
  }

  /** The request, read from the wire where no SDK told it. */
  get request(): RequestFacts {
    return (this.#request ??= this.#readRequest());
  }

  /** What is to be kept of the answer besides facts, and what it was promised to be. */
  get readOptions(): ReadOptions {
    return { contentBytes: this.#owner.settings.answerBytes, promised: this.request.promised };
  }

  /** Bytes of the answer's body so far, as they came over the wire. */
  get bytesReceived(): number {
    return this.evidence?.body?.bytes ?? this.#reader?.bytes ?? 0;
  }

  /** What the answer says of itself; known when the attempt has ended. */
  get answer(): AnswerFacts | undefined {
    return this.evidence?.body?.answer;
  }

  /** Whether the rest of the answer can be asked for: it came whole as far as it goes, or was a stream, which may be cut or left, and resumed. */
  get goesOn(): boolean {
    return this.answer?.rest !== undefined && (this.verdict?.outcome === 'success' || this.evidence?.body?.form === 'events');
  }

  /** Milliseconds between chunks of a streamed answer, as far as they are kept. */
  get chunkGaps(): readonly number[] {
    return this.#pace?.gaps ?? [];
  }

  /** Whether the request's body was seen, so that {@link request} says all there is. */
  get requestSeen(): boolean {
    return this.#seen;
  }

  /** What two tries at the same call share, or undefined where no body was seen. */
  get fingerprint(): string | undefined {
    return this.#fingerprint;
  }

  /** The request's body, at most its capped part; only until the request is settled. */
  get requestBody(): Uint8Array | undefined {
    return this.#sentBody();
  }

  /**
   * Decides whether it is an LLM call, by the request's body. Without effect where that is not in doubt.
   *
   * @param body as far as it was seen; absent: nothing was
   * @returns whether it is one. Otherwise nothing more is read
   */
  weigh(body: Uint8Array | undefined): boolean {
    const { sharedPaths } = this.dialect;
    if (!this.doubted || sharedPaths === undefined) return true;
    const cap = this.#owner.settings.limits.requestBytes;
    this.doubted = !speaks(sharedPaths, this.start.url.pathname, body !== undefined && body.byteLength > cap ? body.subarray(0, OVERSIZED_HEAD) : body);
    if (!this.doubted) return true;
    this.endedAt = now();
    this.#sent = undefined;
    return false;
  }

  /** Takes a piece of the request's body. It is not copied. */
  requestChunk(chunk: Uint8Array): void {
    if (this.#sent === undefined) return;
    // Nobody would take what it says, not even a sampler.
    this.#unread ??= !this.#owner.reads(this);
    if (this.#unread) return;
    // Of a body sent in many pieces only the first are held; a single piece is one that its sender holds anyway.
    if (this.#sentBytes <= this.#owner.settings.limits.requestBytes) this.#sent.push(chunk);
    this.#sentBytes += chunk.byteLength;
  }

  /** The request is on its way, whole. */
  requestSent(): void {
    this.#settleRequest();
  }

  /**
   * The head of the final response came (1xx ones are not passed on). Where nobody records or counts the call, that is the end of
   * the attempt: its body need not be followed.
   */
  responseHead(status: number, headers: Iterable<readonly [string, string]>): void {
    if (this.endedAt !== undefined) return;
    this.#settleRequest();
    if (this.doubted) return;
    this.lastSeenAt = now();
    const { facts, telemetry } = readHead(status, headers);
    this.head = facts;
    // Of what was well begun, the URL and the length must do to know another try by.
    if (status >= 300) this.#hash();
    this.#unhashed = undefined;
    this.headTelemetry = this.#withoutEcho(telemetry);
    this.#unread = !this.#owner.reads(this);
    if (this.#unread) this.end({ by: 'completion' });
  }

  /** A careless server gives back a key as its id of the request. */
  #withoutEcho(telemetry: HeadTelemetry): HeadTelemetry {
    const { requestId, ...rest } = telemetry;
    return requestId === undefined || !isEchoedCredential(requestId, this.start.url, this.#credentials) ? telemetry : rest;
  }

  /** Takes a piece of the answer's body, still content-encoded. It is not copied, and must not change afterwards. */
  responseChunk(chunk: Uint8Array): void {
    if (this.endedAt !== undefined) return;
    if (this.#reader === undefined) {
      this.lastSeenAt = now();
      this.#reader = this.#startReading();
    }
    if (this.firstChunkAt === undefined && !this.#comments.hasOnly(chunk)) this.#answerBegins();
    this.#pace?.received(chunk);
    this.#reader.push(chunk);
  }

  #answerBegins(): void {
    this.firstChunkAt = now();
    const { chunkTimes } = this.#owner.settings.limits;
    if (chunkTimes >= 2 && this.request.stream && this.#owner.measuresPace) this.#pace = new ChunkPace(chunkTimes, eventCountOf(this.head));
  }

  /** Takes what an SDK made of the answer, for a transport whose bytes nobody sees. */
  answered(body: Evidence['body']): void {
    if (this.endedAt !== undefined) return;
    this.firstChunkAt ??= now();
    this.#parsedBody = body;
  }

  /** The exchange is over. Only the first call counts. */
  end(ending: Ending, at: number = now()): void {
    if (this.endedAt !== undefined) return;
    // Whatever goes wrong in between, what was started ends.
    guard('reading a request', () => this.#settleRequest());
    if (this.doubted) return;
    this.#hash();
    this.endedAt = at;
    guard('judging an attempt', () => this.judge(ending));
    if (this.verdict === undefined) {
      this.verdict = UNJUDGED;
      this.evidence = undefined;
    }
    this.#owner.ended(this);
  }

  /** Judges the attempt anew under another ending: a retry that follows an abort proves that it was a deadline. */
  judge(ending: Ending): void {
    this.ending = ending;
    if (this.evidence === undefined) {
      const body = this.#checked(withTokens(this.#parsedBody ?? this.#finishReading(ending), this.headTelemetry?.tokens));
      this.evidence = {
        request: this.request,
        ...(this.head && { head: this.head }),
        ...(body && { body }),
        ending,
      };
      this.#reader = undefined;
    } else {
      this.evidence = { ...this.evidence, ending };
    }
    // A status that fails tells enough to know a retry by; what became of another answer is not known.
    this.verdict = this.#unread === true && (this.head?.status ?? 500) < 300 ? UNJUDGED : judgeAttempt(this.evidence);
  }

  /** The body with what its answer violates of the request's schemas. The answer's text is kept only where it is captured. */
  #checked(body: Evidence['body']): Evidence['body'] {
    const { captureContent, validateOutput } = this.#owner.settings;
    if (validateOutput !== 'schema' || body?.answer === undefined) return body;
    const { messages, ...answer } = checkAnswer(body.answer, this.#owner.schemasOf(this));
    return { ...body, answer: captureContent === 'none' || messages === undefined ? answer : { ...answer, messages } };
  }

  /** The redirect that the attempt was answered with led nowhere: it is the answer that the application got. */
  leaveUnfollowed(): void {
    if (this.evidence === undefined) return;
    this.evidence = { ...this.evidence, unfollowed: true };
    this.verdict = judgeAttempt(this.evidence);
  }

  #settleRequest(): void {
    if (!this.weigh(this.#sentBody())) return;
    const sent = this.#sent;
    if (sent !== undefined) {
      const inferred = this.operation === undefined || this.operation.endsWithWire;
      this.#seen = this.#sentBytes > 0;
      if (inferred && this.#seen) this.#unhashed = sent;
      if (this.#owner.awaitsRetries) this.#hash();
      this.#request = this.#readRequest();
    }
    if (this.operation === undefined) this.#owner.materialise(this);
    this.#owner.startSpan(this);
    if (sent !== undefined) {
      this.#owner.requestRead(this);
      this.#sent = undefined;
    }
  }

  #readRequest(): RequestFacts {
    return { ...this.dialect.readRequest(this.start.url, this.#sentBody()), ...this.#told };
  }

  #hash(): void {
    if (this.#unhashed !== undefined) this.#fingerprint = fingerprintBody(this.#unhashed, this.#sentBytes);
    this.#unhashed = undefined;
  }

  #startReading(): BodyReader {
    return readBody(this.head, this.dialect, this.request, {
      ...this.readOptions,
      caps: { responseBytes: this.#owner.settings.limits.responseBytes },
    });
  }

  #finishReading(ending: Ending): Evidence['body'] {
    // A response that came whole without one byte is an empty body, which is a fact; without a head there is none.
    if (this.#reader === undefined && this.#unread !== true && this.head !== undefined && ending.by === 'completion') this.#reader = this.#startReading();
    return this.#reader?.finish({ cleanly: ending.by === 'completion' });
  }

  #sentBody(): Uint8Array | undefined {
    const chunks = this.#sent;
    if (chunks === undefined || this.#sentBytes === 0) return undefined;
    const cap = this.#owner.settings.limits.requestBytes;
    const [only] = chunks;
    const whole = only !== undefined && chunks.length === 1 ? only : concat(chunks, Math.min(this.#sentBytes, cap));
    return whole.byteLength <= cap ? whole : whole.subarray(0, OVERSIZED_HEAD);
  }
}

/** An answer that does not count its tokens itself, with those that its head counts. */
function withTokens(body: Evidence['body'], tokens: HeadTelemetry['tokens']): Evidence['body'] {
  if (body === undefined) return undefined;
  const { answer } = body;
  return tokens === undefined || answer === undefined || answer.usage !== undefined ? body : { ...body, answer: { ...answer, usage: tokens } };
}

const UNJUDGED: Verdict = { outcome: 'abandoned', invalidToolCalls: 0 };
/** Bytes that are read of a request's body past the cap. */
export const OVERSIZED_HEAD = 65_536;

function concat(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    const part = chunk.subarray(0, length - at);
    all.set(part, at);
    at += part.byteLength;
    if (at === length) break;
  }
  return all;
}

function readHints(start: AttemptStart): RequestHints {
  const retryCount = wholeNumber(start.header?.('x-stainless-retry-count'));
  const roundedDown = wholeNumber(start.header?.('x-stainless-timeout'));
  const roundedUp = wholeNumber(start.header?.('x-server-timeout'));
  const seconds = roundedDown ?? (roundedUp === undefined ? undefined : roundedUp - 1);
  return {
    ...(retryCount !== undefined && { retryCount }),
    // The Stainless clients stop their timer at the head; OpenAI's newest goes on through a unary body, where another try tells.
    ...(seconds !== undefined && { deadline: { least: seconds * 1_000, most: (seconds + 1) * 1_000, covers: roundedDown === undefined ? 'body' : 'head' } }),
  };
}

function wholeNumber(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
