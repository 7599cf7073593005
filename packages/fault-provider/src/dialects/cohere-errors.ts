import { HEX, randomId } from '../wire/random.ts';
import type { Call } from './call.ts';
import type { ErrorKind } from './wire-dialect.ts';

const MESSAGES: Readonly<Record<ErrorKind, string | ((call: Call) => string)>> = {
  server_error: (call) => `internal server error, this has been reported to our developers. id ${call.requestId}`,
  unavailable: 'The service is temporarily unavailable, please try again later.',
  overloaded: 'The model is overloaded, please try again later.',
  rate_limited: "You are using a Trial key, which is limited to 20 API calls / minute. You can continue to use the Trial key for free or upgrade to a Production key with higher rate limits at 'https://dashboard.cohere.com/api-keys'.",
  quota_exhausted: "You are using a Trial key, which is limited to 1000 API calls / month. You can continue to use the Trial key for free or upgrade to a Production key with higher rate limits at 'https://dashboard.cohere.com/api-keys'.",
  payment_required: 'Please add or update your payment method at https://dashboard.cohere.com/billing?tab=payment to continue.',
  unauthenticated: 'invalid api token',
  permission_denied: 'your API key is not authorized to use this endpoint',
  model_not_found: (call) => `model '${call.model}' not found, make sure the correct model ID was used and that you have access to the model.`,
  context_length_exceeded: 'too many tokens: total number of tokens in the prompt cannot exceed 128000 - received 131072. Try using a shorter prompt, or enable prompt truncating.',
  content_filtered: 'the prompt was blocked by our usage policy',
  invalid_request: "invalid request: all elements in history must have a message.",
  unprocessable: 'invalid type: parameter temperature is of type string but should be of type number.',
  conflict: 'the resource was changed by another request',
  request_too_large: 'the request body is too large',
};

/** Cohere's error body. */
export function cohereError(kind: ErrorKind, call: Call): { readonly message: string } {
  const message = MESSAGES[kind];
  return { message: typeof message === 'string' ? message : message(call) };
}

/** What Cohere's answers carry. Its own front end is an Envoy. */
export function cohereHeaders(call: Call): Readonly<Record<string, string>> {
  return {
    'access-control-expose-headers': 'X-Debug-Trace-ID',
    'cache-control': 'no-cache, no-store, no-transform, must-revalidate, private, max-age=0',
    'x-debug-trace-id': call.requestId,
    'x-endpoint-monthly-call-limit': '1000',
    'x-trial-endpoint-call-limit': '20',
    'x-trial-endpoint-call-remaining': '19',
    'x-envoy-upstream-service-time': String(80 + Math.floor(call.random() * 400)),
    server: 'envoy',
    via: '1.1 google',
  };
}

/** What a rate limit adds. */
export const COHERE_EXHAUSTED: Readonly<Record<string, string>> = { 'x-trial-endpoint-call-remaining': '0' };

/** An id of Cohere's. */
export function uuid({ random }: Call): string {
  return [8, 4, 4, 4, 12].map((length) => randomId(random, length, HEX)).join('-');
}
