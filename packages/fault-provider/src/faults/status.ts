import type { DialectId } from '@outspan/core';
import type { ErrorKind } from '../dialects/wire-dialect.ts';
import { wholeReply } from '../wire/reply.ts';
import { jsonType } from './answers.ts';
import { defineFault } from './define.ts';
import { BEDROCK, DIALECTS, type Fault, type Judgement, MODES, type Play } from './fault.ts';
import { CHALLENGE_PAGE, CLOUDFLARE_524_PAGE, edgeReply, nginxReply } from './pages.ts';

/** The provider's own error answer. */
function providerError(kind: ErrorKind, status: number, more: { readonly retryAfter?: boolean } = {}): Play {
  return (call, dialect) =>
    wholeReply(
      {
        status,
        headers: {
          'content-type': jsonType(call),
          ...dialect.headers(call),
          ...dialect.errorHeaders?.(kind),
          ...(kind === 'rate_limited' && dialect.exhausted(call)),
          ...(more.retryAfter && { 'retry-after': String(call.sizes.retryAfterSeconds) }),
        },
      },
      JSON.stringify(dialect.error(kind, status, call)),
    );
}

type Row = readonly [id: string, aliases: readonly string[], title: string, judgement: Omit<Judgement, 'failed'>, play: Play, dialects?: readonly DialectId[]];

const OPENAI: readonly DialectId[] = ['openai.chat', 'openai.responses', 'openai.embeddings', 'openai.images', 'openai.transcriptions', 'openai.speech', 'openai.moderations'];

const COHERE: readonly DialectId[] = ['cohere.chat', 'cohere.v1_chat', 'cohere.embed', 'cohere.rerank'];
const OLLAMA: readonly DialectId[] = ['ollama.chat', 'ollama.generate', 'ollama.embed'];

/** The others have no such status, or do not answer it in words of their own. */
const OPENAI_AND_ANTHROPIC: readonly DialectId[] = [...OPENAI, 'anthropic.messages'];
const AND_OTHERS: readonly DialectId[] = [...OPENAI_AND_ANTHROPIC, ...COHERE, 'ai_gateway.language_model', 'replicate.predictions'];

const ROWS: readonly Row[] = [
  // The gateway's own pages: no header of the provider is on them.
  ['bad_gateway_page', ['502', '502_proxy_page'], 'A proxy answers 502 with its HTML page.', { class: 'bad_gateway', origin: 'gateway', retryable: true }, nginxReply(502, 'Bad Gateway')],
  ['unavailable_page', ['503_proxy_page'], 'A proxy answers 503 with its HTML page.', { class: 'bad_gateway', origin: 'gateway', retryable: true }, nginxReply(503, 'Service Temporarily Unavailable')],
  ['gateway_timeout_page', ['504'], 'A proxy gives up waiting: 504 with its HTML page.', { class: 'gateway_timeout', origin: 'gateway', retryable: true }, nginxReply(504, 'Gateway Time-out')],
  ['edge_timeout_page', ['524'], 'The CDN gives up waiting: 524 with its HTML page.', { class: 'gateway_timeout', origin: 'gateway', retryable: true }, edgeReply(524, CLOUDFLARE_524_PAGE)],
  ['request_timeout_page', ['408'], 'A proxy answers 408: it did not get the request in time.', { class: 'gateway_timeout', origin: 'gateway', retryable: true }, nginxReply(408, 'Request Time-out')],
  ['edge_challenge', ['403_challenge'], 'The CDN answers 403 with a challenge for browsers.', { class: 'blocked_by_edge', origin: 'gateway', retryable: false }, edgeReply(403, CHALLENGE_PAGE, { 'cf-mitigated': 'challenge' })],
  // The provider's own errors.
  ['server_error', ['500'], 'The provider answers 500 with its own error body.', { class: 'server_error', origin: 'provider', retryable: true }, providerError('server_error', 500)],
  ['unavailable', ['503'], 'The provider answers 503: it is overloaded.', { class: 'overloaded', origin: 'provider', retryable: true }, providerError('unavailable', 503)],
  ['overloaded', ['529'], 'The provider answers 529: it is overloaded.', { class: 'overloaded', origin: 'provider', retryable: true }, providerError('overloaded', 529), OPENAI_AND_ANTHROPIC],
  ['rate_limited', ['429'], 'The provider answers 429 for the rate, with Retry-After.', { class: 'rate_limited', origin: 'provider', retryable: true }, providerError('rate_limited', 429, { retryAfter: true })],
  ['rate_limited_without_retry_after', ['429_bare'], 'The provider answers 429 for the rate, without Retry-After.', { class: 'rate_limited', origin: 'provider', retryable: true }, providerError('rate_limited', 429)],
  // Anthropic says this with 402: see payment_required.
  ['quota_exhausted', ['429_quota'], 'The provider answers 429 because the account has no quota left.', { class: 'quota_exhausted', origin: 'account', retryable: false }, providerError('quota_exhausted', 429), [...OPENAI, 'gemini.generate_content', 'gemini.embed_content', ...BEDROCK, ...COHERE, ...OLLAMA]],
  ['payment_required', ['402'], 'The provider answers 402: the account has to pay first.', { class: 'quota_exhausted', origin: 'account', retryable: false }, providerError('payment_required', 402), AND_OTHERS],
  ['unauthenticated', ['401'], 'The provider answers 401: it does not know the key.', { class: 'authentication', origin: 'account', retryable: false }, providerError('unauthenticated', 401)],
  ['permission_denied', ['403'], "The provider answers 403 with its own error body.", { class: 'permission_denied', origin: 'account', retryable: false }, providerError('permission_denied', 403)],
  ['model_not_found', ['404'], 'The provider answers 404: there is no such model.', { class: 'model_not_found', origin: 'request', retryable: false }, providerError('model_not_found', 404)],
  ['context_length_exceeded', ['400_context'], 'The provider answers 400: the prompt is too long for the model.', { class: 'context_length_exceeded', origin: 'request', retryable: false }, providerError('context_length_exceeded', 400)],
  // Gemini says this in a 200: see prompt_blocked.
  ['content_filtered', ['400_filter'], 'The provider answers 400: its filter refuses the prompt.', { class: 'content_filtered', origin: 'request', retryable: false }, providerError('content_filtered', 400), OPENAI_AND_ANTHROPIC],
  ['invalid_request', ['400'], 'The provider answers 400: the request is not valid.', { class: 'invalid_request', origin: 'request', retryable: false }, providerError('invalid_request', 400)],
  ['unprocessable', ['422'], 'The provider answers 422: the request is not valid.', { class: 'invalid_request', origin: 'request', retryable: false }, providerError('unprocessable', 422), AND_OTHERS],
  // Design has no class for a conflict; it is the request that meets it, and SDKs send it again.
  ['conflict', ['409'], 'The provider answers 409: something else changed what the request is about.', { class: 'invalid_request', origin: 'request', retryable: true }, providerError('conflict', 409)],
  ['request_too_large', ['413'], 'The provider answers 413: the request is too large.', { class: 'request_too_large', origin: 'request', retryable: false }, providerError('request_too_large', 413), OPENAI_AND_ANTHROPIC],
];

/** Answers by their status line. */
export const STATUS_FAULTS: readonly Fault[] = ROWS.map(([id, aliases, title, judgement, play, dialects]) =>
  defineFault({ id, aliases, title, applies: { dialects: dialects ?? DIALECTS, modes: MODES }, judgement: { failed: true, ...judgement }, play }),
);
