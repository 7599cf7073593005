import type { Tokens } from '../wire/said.ts';
import type { WireEvent } from '../wire/sse.ts';
import { type Answer, TOKENS } from './answer.ts';
import type { Call } from './call.ts';
import { uuid } from './cohere-errors.ts';
import type { ErrorKind, WireDialect } from './wire-dialect.ts';

const ERRORS: Readonly<Record<ErrorKind, readonly [title: string, detail: string]>> = {
  server_error: ['Internal Server Error', 'An unexpected error occurred.'],
  unavailable: ['Service Unavailable', 'The service is temporarily unavailable, please try again.'],
  overloaded: ['Service Unavailable', 'The service is temporarily unavailable, please try again.'],
  rate_limited: ['Too Many Requests', 'Request was throttled. Your rate limit for creating predictions is 600 requests per minute with a burst of 600 requests. Your rate limit resets in ~1s.'],
  quota_exhausted: ['Monthly spend limit reached', 'You have reached your monthly spend limit.'],
  payment_required: ['Insufficient credit', 'You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to purchase credit.'],
  unauthenticated: ['Unauthenticated', 'You did not pass a valid authentication token'],
  permission_denied: ['Forbidden', 'You do not have permission to perform this action.'],
  model_not_found: ["Invalid version or not permitted", "The specified version does not exist (or perhaps you don't have permission to use it?)"],
  context_length_exceeded: ['Input validation failed', 'the input length exceeds the context length of the model'],
  content_filtered: ['Input validation failed', 'the prompt was refused'],
  invalid_request: ['Invalid request', '- input: Expected an object\n'],
  unprocessable: ['Input validation failed', '- input.prompt: String length must be less than or equal to 7\n'],
  conflict: ['Conflict', 'The resource was changed by another request.'],
  request_too_large: ['Payload Too Large', 'The request is too large.'],
};

/** Neither cached nor reasoning tokens are told. */
const SAID_TOKENS: Tokens = { input: TOKENS.input, output: TOKENS.output };
const FAILURE = 'Prediction interrupted; please retry (code: PA)';

/** Replicate's predictions. Only an answer that it waits for is one document at once; what is created otherwise is asked for again, or read from a stream. */
export const replicatePredictions: WireDialect = {
  id: 'replicate.predictions',
  members: { id: 'id', model: 'model', finish: 'status', usage: 'metrics' },
  headers: () => ({}),
  exhausted: () => ({}),

  opening(call) {
    const id = idOf(call);
    return { status: 201, json: { ...shellOf(id, call), output: null, error: null, logs: '', status: 'starting' }, says: { id, model: call.model } };
  },

  document({ text, finish }, call) {
    const id = idOf(call);
    const failed = finish === 'failed';
    const metrics = { input_token_count: SAID_TOKENS.input, output_token_count: SAID_TOKENS.output, predict_time: 0.42, tokens_per_second: 28.5 };
    return {
      json: { ...shellOf(id, call), output: failed ? null : text, error: failed ? FAILURE : null, logs: '', status: failed ? 'failed' : 'succeeded', completed_at: new Date(call.now).toISOString(), metrics },
      says: { id, model: call.model, tokens: SAID_TOKENS, usage: true, finishReasons: [], terminal: true },
    };
  },

  events: ({ text, finish }) => [...text.map((data): WireEvent => ({ role: 'text', name: 'output', data })), endOf(finish)],

  error(kind, status) {
    const [title, detail] = ERRORS[kind];
    return { title, detail, status };
  },

  errorEvent(kind) {
    const [, detail] = ERRORS[kind];
    return { role: 'other', name: 'error', data: JSON.stringify({ detail }) };
  },
};

function endOf(finish: Answer['finish']): WireEvent {
  const failed = finish === 'failed';
  return { role: 'terminal', name: 'done', data: failed ? '{"reason":"error"}' : '{}', says: { terminal: true, ...(failed && { finishReasons: ['error'] }) } };
}

/** Who asks again says it. Sessions of one seed have different ones, as it is by its id that a prediction is known. */
function idOf(call: Call): string {
  const { path } = call;
  const session = Number.parseInt(/^\/s\/([a-z0-9]+)\//.exec(path)?.[1] ?? '0', 36);
  return /\/predictions\/([^/?]+)/.exec(path)?.[1] ?? `${uuid(call).slice(0, 24)}${session.toString(16).padStart(12, '0')}`;
}

function shellOf(id: string, { model, now, origin, path }: Call): object {
  const base = `${origin}${path.replace(/\/(?:models|deployments|predictions)(?:[/?].*)?$/, '')}`;
  const created = new Date(now).toISOString();
  return {
    id,
    model,
    version: 'hidden',
    input: {},
    created_at: created,
    started_at: created,
    urls: { get: `${base}/predictions/${id}`, cancel: `${base}/predictions/${id}/cancel`, stream: `${base}/streams/${id}`, web: `https://replicate.com/p/${id}` },
  };
}
