import type { Call } from './call.ts';
import type { ErrorKind } from './wire-dialect.ts';

interface OpenAIError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

type ErrorText = (call: Call) => OpenAIError;

const error =
  (type: string, code: string | null, message: string | ((call: Call) => string), param: string | null = null): ErrorText =>
  (call) => ({ message: typeof message === 'string' ? message : message(call), type, param, code });

const ERRORS: Readonly<Record<ErrorKind, ErrorText>> = {
  server_error: error('server_error', null, 'The server had an error while processing your request. Sorry about that!'),
  unavailable: error('server_error', null, 'The engine is currently overloaded, please try again later.'),
  overloaded: error('overloaded_error', 'overloaded', 'The model is currently overloaded with other requests. Please retry later.'),
  rate_limited: error(
    'requests',
    'rate_limit_exceeded',
    (call) => `Rate limit reached for ${call.model} in organization org-outspan-test on requests per min (RPM): Limit 5000, Used 5000, Requested 1. Please try again in 1s.`,
  ),
  quota_exhausted: error('insufficient_quota', 'insufficient_quota', 'You exceeded your current quota, please check your plan and billing details.'),
  payment_required: error('billing_error', 'billing_hard_limit_reached', 'Billing hard limit has been reached.'),
  unauthenticated: error('invalid_request_error', 'invalid_api_key', 'Incorrect API key provided: sk-outsp*****test. You can find your API key in your account settings.'),
  permission_denied: error('invalid_request_error', 'permission_denied', 'You do not have access to this project.'),
  model_not_found: error('invalid_request_error', 'model_not_found', (call) => `The model \`${call.model}\` does not exist or you do not have access to it.`),
  context_length_exceeded: error(
    'invalid_request_error',
    'context_length_exceeded',
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens. Please reduce the length of the messages.",
    'messages',
  ),
  content_filtered: error('invalid_request_error', 'content_filter', "The response was filtered due to the prompt triggering the content management policy. Please modify your prompt and retry.", 'prompt'),
  invalid_request: error('invalid_request_error', 'invalid_value', "Invalid value: 'banana'. Supported values are: 'system', 'assistant', 'user', 'tool', and 'developer'.", 'messages[0].role'),
  unprocessable: error('invalid_request_error', 'unprocessable_entity', "Unable to process the request: 'temperature' must be a number.", 'temperature'),
  conflict: error('invalid_request_error', 'conflict', 'The resource was changed by another request. Please retry.'),
  request_too_large: error('invalid_request_error', 'request_too_large', 'The request body is larger than the maximum size that is allowed.'),
};

/** The `error` object of OpenAI's envelopes. */
export function openaiError(kind: ErrorKind, call: Call): OpenAIError {
  return ERRORS[kind](call);
}
