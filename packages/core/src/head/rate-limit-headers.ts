/** What a rate limit counts. */
export type RateLimitSubject = 'requests' | 'tokens';
/** Which of a limit's figures a header holds. */
export type RateLimitField = 'limit' | 'remaining' | 'reset';

/** Where one header's value belongs. */
export interface RateLimitHeader {
  readonly subject: RateLimitSubject;
  readonly field: RateLimitField;
  /** Figures of one family belong together and are never mixed with another's. */
  readonly family: number;
}

/**
 * One family a row: the spellings of its limit, remaining and reset. Where a response has several of a subject,
 * the first family here wins: short windows before long ones, totals before parts.
 */
const FAMILIES: readonly (readonly [subject: RateLimitSubject, limit: string, remaining: string, reset: string])[] = [
  // OpenAI, Azure OpenAI, Groq, Fireworks, xAI, GitHub Models.
  ['requests', 'x-ratelimit-limit-requests', 'x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests'],
  ['tokens', 'x-ratelimit-limit-tokens', 'x-ratelimit-remaining-tokens', 'x-ratelimit-reset-tokens'],
  // Anthropic. `tokens` is the most restrictive of the two that follow.
  ['requests', 'anthropic-ratelimit-requests-limit', 'anthropic-ratelimit-requests-remaining', 'anthropic-ratelimit-requests-reset'],
  ['tokens', 'anthropic-ratelimit-tokens-limit', 'anthropic-ratelimit-tokens-remaining', 'anthropic-ratelimit-tokens-reset'],
  ['tokens', 'anthropic-ratelimit-input-tokens-limit', 'anthropic-ratelimit-input-tokens-remaining', 'anthropic-ratelimit-input-tokens-reset'],
  ['tokens', 'anthropic-ratelimit-output-tokens-limit', 'anthropic-ratelimit-output-tokens-remaining', 'anthropic-ratelimit-output-tokens-reset'],
  // Mistral: by minute, by month, and an older form.
  ['requests', 'x-ratelimit-limit-req-minute', 'x-ratelimit-remaining-req-minute', 'x-ratelimit-reset-req-minute'],
  ['tokens', 'x-ratelimit-limit-tokens-minute', 'x-ratelimit-remaining-tokens-minute', 'x-ratelimit-reset-tokens-minute'],
  ['tokens', 'x-ratelimitbysize-limit-minute', 'x-ratelimitbysize-remaining-minute', 'x-ratelimitbysize-reset-minute'],
  ['tokens', 'ratelimitbysize-limit', 'ratelimitbysize-remaining', 'ratelimitbysize-reset'],
  ['tokens', 'x-ratelimitbysize-limit-month', 'x-ratelimitbysize-remaining-month', 'x-ratelimitbysize-reset-month'],
  // Cerebras (tokens: as Mistral's by minute).
  ['requests', 'x-ratelimit-limit-requests-minute', 'x-ratelimit-remaining-requests-minute', 'x-ratelimit-reset-requests-minute'],
  ['requests', 'x-ratelimit-limit-requests-day', 'x-ratelimit-remaining-requests-day', 'x-ratelimit-reset-requests-day'],
  // Fireworks.
  ['tokens', 'x-ratelimit-limit-tokens-prompt', 'x-ratelimit-remaining-tokens-prompt', 'x-ratelimit-reset-tokens-prompt'],
  // Together.
  ['tokens', 'x-tokenlimit-limit', 'x-tokenlimit-remaining', 'x-tokenlimit-reset'],
  // Together, OpenRouter (reset in epoch milliseconds), Chutes and most gateways.
  ['requests', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
  // IETF, up to draft 7: three headers.
  ['requests', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
];

/** Every rate-limit header by its lower-case name. */
export const RATE_LIMIT_HEADERS: ReadonlyMap<string, RateLimitHeader> = new Map(
  FAMILIES.flatMap(([subject, limit, remaining, reset], family): [string, RateLimitHeader][] => [
    [limit, { subject, field: 'limit', family }],
    [remaining, { subject, field: 'remaining', family }],
    [reset, { subject, field: 'reset', family }],
  ]),
);

/** The family of IETF's single `ratelimit` header, after all others. */
export const IETF_FAMILY: number = FAMILIES.length;

/** The figures of one item of IETF's `ratelimit` header. */
export interface IetfRateLimit {
  readonly subject: RateLimitSubject;
  readonly limit?: string;
  readonly remaining?: string;
  readonly reset?: string;
}

const LONGEST_IETF_VALUE = 256;
const IETF_KEYS: Readonly<Record<string, 'limit' | 'remaining' | 'reset'>> = { limit: 'limit', q: 'limit', remaining: 'remaining', r: 'remaining', reset: 'reset', t: 'reset' };

/** Reads `ratelimit: limit=100, remaining=50, reset=5` (drafts 6 and 7) and `ratelimit: "requests";r=50;t=5` (from draft 8; its first item). */
export function readIetfRateLimit(value: string): IetfRateLimit | undefined {
  if (value.length > LONGEST_IETF_VALUE) return undefined;
  const [item = '', separator] = value.trimStart().startsWith('"') ? [value.split(',')[0], ';'] : [value, ','];
  const figures: { limit?: string; remaining?: string; reset?: string } = {};
  let subject: RateLimitSubject = 'requests';
  for (const part of item.split(separator ?? ',')) {
    const [key = '', figure] = part.trim().split('=');
    const field = Object.hasOwn(IETF_KEYS, key) ? IETF_KEYS[key] : undefined;
    if (field !== undefined && figure !== undefined) figures[field] = figure.split(';')[0] ?? '';
    else if (figure === undefined && key.toLowerCase().includes('token')) subject = 'tokens';
  }
  return Object.keys(figures).length === 0 ? undefined : { subject, ...figures };
}
