import type { Call } from './call.ts';
import type { ErrorKind, WireDialect } from './wire-dialect.ts';

const ERRORS: Readonly<Record<ErrorKind, string | ((call: Call) => string)>> = {
  server_error: 'An unexpected error occurred while the model was running.',
  unavailable: (call) => `Model ${call.model} is currently loading`,
  overloaded: 'Model too busy, unable to get response in less than 60 second(s)',
  rate_limited: 'Rate limit reached. Please log in or use a HF access token',
  quota_exhausted: 'You have exceeded your monthly included credits for Inference Providers. Subscribe to PRO to get more monthly included credits.',
  payment_required: 'You have exceeded your monthly included credits for Inference Providers. Subscribe to PRO to get more monthly included credits.',
  unauthenticated: 'Invalid username or password.',
  permission_denied: 'This authentication method does not have sufficient permissions to call Inference Providers on behalf of user',
  model_not_found: (call) => `Model ${call.model} does not exist`,
  context_length_exceeded: 'Input validation error: the input length exceeds the maximum context length of the model',
  content_filtered: 'the input was refused',
  invalid_request: 'Input validation error: `inputs` must have less than 512 tokens. Given: 600',
  unprocessable: '`inputs` is required',
  conflict: 'The model is being changed by another request',
  request_too_large: 'Failed to buffer the request body: length limit exceeded',
};

/** It names the request and nothing else. */
const SHARED = {
  members: { id: 'id', model: 'model', finish: 'finish_reason', usage: 'usage' },
  headers: (call) => ({ 'x-request-id': call.requestId }),
  exhausted: () => ({}),
  events: () => [],
  error: (kind, _status, call) => errorOf(kind, call),
  errorEvent: (kind, call) => ({ role: 'other', data: JSON.stringify(errorOf(kind, call)) }),
} as const satisfies Partial<WireDialect>;

function errorOf(kind: ErrorKind, call: Call): object {
  const text = ERRORS[kind];
  return { error: typeof text === 'string' ? text : text(call), ...(kind === 'unavailable' && { estimated_time: 20 }) };
}

/** A task of Hugging Face's: what is said in a recording. There are no streams. */
export const huggingfaceTask: WireDialect = {
  ...SHARED,
  id: 'huggingface.task',
  document: ({ text }) => ({ json: { text: text.join('') }, says: { usage: false, finishReasons: [], terminal: true } }),
};

/** Hugging Face's vectors. There are no streams. */
export const huggingfaceFeatureExtraction: WireDialect = {
  ...SHARED,
  id: 'huggingface.feature_extraction',
  document: (_answer, { count, random, vector }) => ({
    json: Array.from({ length: count }, () => Array.from({ length: vector.dimensions }, () => Math.fround(random() * 2 - 1))),
    says: { usage: false, finishReasons: [], terminal: true },
  }),
};
