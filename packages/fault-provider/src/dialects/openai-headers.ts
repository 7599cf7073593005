import { HEX, randomId } from '../wire/random.ts';
import type { Call } from './call.ts';

/** What OpenAI's answers carry, the edge in front of it included. */
export function openaiHeaders(call: Call): Readonly<Record<string, string>> {
  const { random } = call;
  return {
    'x-request-id': `req_${call.requestId}`,
    'openai-organization': 'org-outspan-test',
    'openai-processing-ms': String(80 + Math.floor(random() * 400)),
    'openai-version': '2020-10-01',
    'x-ratelimit-limit-requests': '5000',
    'x-ratelimit-limit-tokens': '800000',
    'x-ratelimit-remaining-requests': '4999',
    'x-ratelimit-remaining-tokens': '799979',
    'x-ratelimit-reset-requests': '12ms',
    'x-ratelimit-reset-tokens': '1s',
    'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
    'cf-cache-status': 'DYNAMIC',
    server: 'cloudflare',
    'cf-ray': `${randomId(random, 16, HEX)}-AMS`,
  };
}

/** Nothing remains until six minutes from now. */
export const OPENAI_EXHAUSTED: Readonly<Record<string, string>> = {
  'x-ratelimit-remaining-requests': '0',
  'x-ratelimit-remaining-tokens': '0',
  'x-ratelimit-reset-requests': '1s',
  'x-ratelimit-reset-tokens': '6m0s',
};

/** OpenAI resolves an alias to the dated model that answers. */
export function datedModel(model: string): string {
  return /\d{4}-\d{2}-\d{2}$/.test(model) ? model : `${model}-2026-08-06`;
}
