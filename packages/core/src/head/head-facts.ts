import { awsErrorName } from '../dialects/aws-error.ts';
import { holdsCredential } from '../telemetry/credentials.ts';
import type { HeadFacts } from '../verdict/evidence.ts';
import type { RateLimitField, RateLimitSubject } from './rate-limit-headers.ts';
import { IETF_FAMILY, RATE_LIMIT_HEADERS, readIetfRateLimit } from './rate-limit-headers.ts';
import { count, MAX_PROCESSING_S, milliseconds, safeId, seconds, untilHttpDate, untilReset } from './values.ts';

/** One rate limit as the provider's headers tell it. */
export interface RateLimit {
  readonly limit?: number;
  readonly remaining?: number;
  /** Seconds until it is full again. */
  readonly reset?: number;
}

/** What a response's head says that goes into telemetry as it is. Every value is bounded and of harmless characters. */
export interface HeadTelemetry {
  readonly requestId?: string;
  /** Seconds that the provider says it took. */
  readonly processingTime?: number;
  /** Point of presence that the answer came through. */
  readonly edgeLocation?: string;
  /** Seconds until the provider wants to be asked again. */
  readonly retryAfter?: number;
  /** Tokens, where they are counted in headers. */
  readonly tokens?: { readonly input?: number; readonly output?: number };
  readonly rateLimits: { readonly [subject in RateLimitSubject]?: RateLimit };
}

/** A head, read. */
export interface Head {
  /** For the verdict. */
  readonly facts: HeadFacts;
  /** For the spans and metrics. */
  readonly telemetry: HeadTelemetry;
}

type Mutable<T> = { -readonly [key in keyof T]: T[key] };

/** What was gathered so far; a value of a lower rank replaces one of a higher. */
class Draft {
  readonly facts: Mutable<HeadFacts>;
  readonly now: number;
  readonly ranked = new Map<string, { rank: number; value: string | number }>();
  tokens: Mutable<NonNullable<HeadTelemetry['tokens']>> | undefined;
  readonly limits = new Map<RateLimitSubject, { family: number; figures: Mutable<RateLimit> }>();

  constructor(status: number, now: number) {
    this.facts = { status };
    this.now = now;
  }

  offer(what: 'requestId' | 'processingTime' | 'edgeLocation' | 'retryAfter', rank: number, value: string | number | undefined): void {
    if (value === undefined) return;
    const held = this.ranked.get(what);
    if (held === undefined || rank < held.rank) this.ranked.set(what, { rank, value });
  }

  limit(subject: RateLimitSubject, field: RateLimitField, family: number, value: string): void {
    const figure = field === 'reset' ? untilReset(value, this.now) : count(value);
    if (figure === undefined) return;
    const held = this.limits.get(subject);
    if (held === undefined || family < held.family) this.limits.set(subject, { family, figures: { [field]: figure } });
    else if (family === held.family) held.figures[field] ??= figure;
  }
}

type Take = (draft: Draft, value: string) => void;

/** Headers in which a provider, or the API gateway in front of it, names the request; the one that its support asks for first. */
const REQUEST_IDS: readonly string[] = [
  'x-request-id',
  'request-id',
  'apim-request-id',
  'x-ms-request-id',
  'x-amzn-requestid',
  'x-goog-request-id',
  'x-github-request-id',
  'mistral-correlation-id',
  'nvcf-reqid',
  'x-debug-trace-id',
  'x-generation-id',
];

/** How long the provider says it took: header, and seconds from its value. The most specific first. */
const PROCESSING_TIMES: readonly (readonly [name: string, seconds: (value: string) => number | undefined])[] = [
  ['openai-processing-ms', (value) => milliseconds(value, MAX_PROCESSING_S)],
  ['fireworks-server-processing-time', (value) => seconds(value, MAX_PROCESSING_S)],
  ['x-amzn-bedrock-invocation-latency', (value) => milliseconds(value, MAX_PROCESSING_S)],
  ['x-compute-time', (value) => seconds(value, MAX_PROCESSING_S)],
  // Google's front end; other entries of the header are not the provider's time.
  ['server-timing', (value) => {
    const duration = value.length <= 512 ? /(?:^|[,\s])gfet4t7\s*;\s*dur=(\d{1,9}(?:\.\d{1,6})?)/.exec(value)?.[1] : undefined;
    return duration === undefined ? undefined : milliseconds(duration, MAX_PROCESSING_S);
  }],
  ['x-envoy-upstream-service-time', (value) => milliseconds(value, MAX_PROCESSING_S)],
  ['x-kong-upstream-latency', (value) => milliseconds(value, MAX_PROCESSING_S)],
];

/** Where the edge is: header, and the part of its value that names the place. */
const EDGE_LOCATIONS: readonly (readonly [name: string, place: RegExp])[] = [
  // 8c1d2e3f4a5b6c7d-AMS
  ['cf-ray', /^[0-9a-f]{8,32}-([A-Z]{3})$/],
  // FRA56-P1
  ['x-amz-cf-pop', /^([A-Z]{3}\d{0,3}(?:-[A-Z]\d{1,2})?)$/],
  // cache-fra-eddf8230020-FRA, nearest to the client last
  ['x-served-by', /(?:^|,\s*)cache-[a-z0-9-]{1,40}-([A-Z]{3})$/],
];

/** When to ask again, the finest first: header, and seconds from its value. */
const RETRY_AFTER: readonly (readonly [name: string, seconds: (value: string, now: number) => number | undefined])[] = [
  ['retry-after-ms', (value) => milliseconds(value)],
  ['x-ms-retry-after-ms', (value) => milliseconds(value)],
  ['retry-after', (value, now) => seconds(value) ?? untilHttpDate(value, now)],
];

/** Headers by which an edge says that it answered in the provider's place. */
const EDGE_MITIGATIONS: readonly string[] = ['cf-mitigated', 'x-amzn-waf-action', 'x-sucuri-block'];

/** Headers that only the provider itself sends. Request ids and rate limits are such signs, too. */
const SIGNATURES: readonly string[] = ['openai-processing-ms', 'openai-version', 'openai-organization', 'anthropic-organization-id', 'x-groq-region', 'x-gemini-service-tier', 'x-amzn-errortype', 'x-amzn-bedrock-invocation-latency'];

/** Headers in which tokens are counted. */
const TOKEN_COUNTS: readonly (readonly [name: string, of: 'input' | 'output'])[] = [
  ['x-amzn-bedrock-input-token-count', 'input'],
  ['x-amzn-bedrock-output-token-count', 'output'],
];

const SAFE_MEDIA_TYPE = /^[a-z0-9.+/*-]{1,100}$/;
/** Characters of a location; a longer one is as good as none. */
const LONGEST_LOCATION = 4_096;
const SAFE_TOKENS = /^[a-z0-9, ._/()-]{1,64}$/;

function lowerIf(value: string, safe: RegExp): string | undefined {
  if (value.length > 256) return undefined;
  const text = value.trim().toLowerCase();
  return safe.test(text) ? text : undefined;
}

function signs(draft: Draft): void {
  draft.facts.providerSigned = true;
}

const PLAIN: readonly (readonly [name: string, take: Take])[] = [
  ['content-type', (draft, value) => {
    const type = lowerIf(value.split(';', 1)[0] ?? '', SAFE_MEDIA_TYPE);
    if (type !== undefined) draft.facts.contentType = type;
  }],
  ['content-encoding', (draft, value) => {
    const encoding = lowerIf(value, SAFE_TOKENS);
    if (encoding !== undefined) draft.facts.contentEncoding = encoding;
  }],
  ['content-length', (draft, value) => {
    const length = /^\d{1,15}$/.test(value.trim()) ? Number(value) : undefined;
    if (length !== undefined) draft.facts.contentLength = length;
  }],
  ['server', (draft, value) => {
    const server = lowerIf(value, SAFE_TOKENS);
    if (server !== undefined) draft.facts.server = server;
  }],
  ['location', (draft, value) => {
    if (draft.facts.status >= 300 && draft.facts.status < 400 && value.length <= LONGEST_LOCATION) draft.facts.location = value;
  }],
  ['x-should-retry', (draft, value) => {
    if (value === 'true' || value === 'false') draft.facts.shouldRetry = value === 'true';
  }],
  ['x-amzn-errortype', (draft, value) => {
    const code = awsErrorName(value);
    if (code !== undefined) draft.facts.errorCode = code;
  }],
  ['ratelimit', (draft, value) => {
    const { subject, ...figures } = readIetfRateLimit(value) ?? { subject: 'requests' };
    for (const field of ['limit', 'remaining', 'reset'] as const) {
      const figure = figures[field];
      if (figure !== undefined) draft.limit(subject, field, IETF_FAMILY, figure);
    }
  }],
];

function withoutKey(id: string | undefined): string | undefined {
  return id === undefined || holdsCredential(id) ? undefined : id;
}

/** What to do with each header that says something; one look-up a header. */
const HEADERS: ReadonlyMap<string, readonly Take[]> = buildHeaders();

function buildHeaders(): Map<string, Take[]> {
  const headers = new Map<string, Take[]>();
  const on = (name: string, take: Take): void => {
    headers.set(name, [...(headers.get(name) ?? []), take]);
  };
  for (const [name, take] of PLAIN) on(name, take);
  REQUEST_IDS.forEach((name, rank) =>
    on(name, (draft, value) => {
      signs(draft);
      draft.offer('requestId', rank, withoutKey(safeId(value)));
    }),
  );
  PROCESSING_TIMES.forEach(([name, read], rank) =>
    on(name, (draft, value) => {
      const time = read(value);
      // Gemini sends no request id; that its front end timed an upstream is its signature.
      if (name === 'server-timing' && time !== undefined) signs(draft);
      draft.offer('processingTime', rank, time);
    }),
  );
  EDGE_LOCATIONS.forEach(([name, place], rank) => on(name, (draft, value) => draft.offer('edgeLocation', rank, value.length <= 256 ? place.exec(value.trim())?.[1] : undefined)));
  RETRY_AFTER.forEach(([name, read], rank) => on(name, (draft, value) => draft.offer('retryAfter', rank, read(value, draft.now))));
  for (const [name, of] of TOKEN_COUNTS) {
    on(name, (draft, value) => {
      const tokens = count(value);
      if (tokens !== undefined) (draft.tokens ??= {})[of] = tokens;
    });
  }
  for (const name of EDGE_MITIGATIONS) on(name, (draft) => void (draft.facts.edgeMitigated = true));
  for (const name of SIGNATURES) on(name, signs);
  for (const [name, { subject, field, family }] of RATE_LIMIT_HEADERS) {
    // Gateways limit as well, in the general spellings: only a limit on what an LLM counts is the provider's.
    const own = /token|requests|-req-|bysize/.test(name);
    on(name, (draft, value) => {
      if (own) signs(draft);
      draft.limit(subject, field, family, value);
    });
  }
  return headers;
}

/** Whether a header says anything: its value need not be decoded otherwise. @param name in any case */
export function readsHeader(name: string): boolean {
  // Most servers send them in lower case.
  return HEADERS.has(name) || HEADERS.has(name.toLowerCase());
}

/**
 * Reads the head of a final response (status 200 and up).
 * @param headers names in any case, each value on its own
 * @param now milliseconds since the epoch, from which waits are counted
 */
export function readHead(status: number, headers: Iterable<readonly [string, string]>, now: number = Date.now()): Head {
  const draft = new Draft(status, now);
  for (const [name, value] of headers) {
    const takes = HEADERS.get(name) ?? HEADERS.get(name.toLowerCase());
    if (takes !== undefined) for (const take of takes) take(draft, value);
  }
  const retryAfter = numberOf(draft.ranked.get('retryAfter')?.value);
  if (retryAfter !== undefined) draft.facts.retryAfter = retryAfter;
  return { facts: draft.facts, telemetry: telemetryOf(draft, retryAfter) };
}

function telemetryOf(draft: Draft, retryAfter: number | undefined): HeadTelemetry {
  const requestId = textOf(draft.ranked.get('requestId')?.value);
  const processingTime = numberOf(draft.ranked.get('processingTime')?.value);
  const edgeLocation = textOf(draft.ranked.get('edgeLocation')?.value);
  const requests = draft.limits.get('requests')?.figures;
  const tokens = draft.limits.get('tokens')?.figures;
  return {
    ...(requestId !== undefined && { requestId }),
    ...(processingTime !== undefined && { processingTime }),
    ...(edgeLocation !== undefined && { edgeLocation }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(draft.tokens && { tokens: draft.tokens }),
    rateLimits: { ...(requests && { requests }), ...(tokens && { tokens }) },
  };
}

function textOf(value: string | number | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: string | number | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
