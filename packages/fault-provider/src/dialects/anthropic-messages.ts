import { HEX, randomId } from '../wire/random.ts';
import type { Tokens } from '../wire/said.ts';
import type { WireEvent } from '../wire/sse.ts';
import { argumentPieces, DEFAULT_TOOL, type Finish, spelt, TOKENS } from './answer.ts';
import type { Call } from './call.ts';
import type { ErrorKind, WireDialect } from './wire-dialect.ts';

const FINISH: Readonly<Partial<Record<Finish, string>>> = { stop: 'end_turn', length: 'max_tokens', filter: 'refusal', tool: 'tool_use' };

/** Anthropic counts cached input beside `input_tokens`, not within, and does not tell reasoning apart. */
const INPUT_USAGE = {
  input_tokens: TOKENS.input - TOKENS.cacheRead,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: TOKENS.cacheRead,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
};
const SAID_TOKENS: Tokens = { input: TOKENS.input, output: TOKENS.output, cacheRead: TOKENS.cacheRead };

type ErrorText = readonly [type: string, message: string | ((call: Call) => string)];

const ERRORS: Readonly<Record<ErrorKind, ErrorText>> = {
  server_error: ['api_error', 'Internal server error'],
  unavailable: ['overloaded_error', 'Overloaded'],
  overloaded: ['overloaded_error', 'Overloaded'],
  rate_limited: ['rate_limit_error', 'This request would exceed the rate limit for your organization of 4,000 requests per minute.'],
  quota_exhausted: ['billing_error', 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.'],
  payment_required: ['billing_error', 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.'],
  unauthenticated: ['authentication_error', 'invalid x-api-key'],
  permission_denied: ['permission_error', 'Your API key does not have permission to use the specified resource.'],
  model_not_found: ['not_found_error', (call) => `model: ${call.model}`],
  context_length_exceeded: ['invalid_request_error', 'prompt is too long: 213462 tokens > 200000 maximum'],
  content_filtered: ['invalid_request_error', 'Output blocked by content filtering policy'],
  invalid_request: ['invalid_request_error', 'messages.0.role: Input should be \'user\' or \'assistant\''],
  unprocessable: ['invalid_request_error', 'temperature: Input should be a valid number'],
  conflict: ['invalid_request_error', 'The resource was changed by another request.'],
  request_too_large: ['request_too_large', 'Request exceeds the maximum size'],
};

/** Anthropic messages. */
export const anthropicMessages: WireDialect = {
  id: 'anthropic.messages',
  members: { id: 'id', model: 'model', finish: 'stop_reason', usage: 'usage' },

  headers({ random, now, requestId }) {
    const reset = rfc3339(now + 1000);
    return {
      'request-id': `req_01${requestId}`,
      'anthropic-organization-id': '00000000-0000-4000-8000-000000000001',
      'anthropic-ratelimit-requests-limit': '4000',
      'anthropic-ratelimit-requests-remaining': '3999',
      'anthropic-ratelimit-requests-reset': reset,
      'anthropic-ratelimit-tokens-limit': '480000',
      'anthropic-ratelimit-tokens-remaining': '479000',
      'anthropic-ratelimit-tokens-reset': reset,
      'anthropic-ratelimit-input-tokens-limit': '400000',
      'anthropic-ratelimit-input-tokens-remaining': '399000',
      'anthropic-ratelimit-input-tokens-reset': reset,
      'anthropic-ratelimit-output-tokens-limit': '80000',
      'anthropic-ratelimit-output-tokens-remaining': '80000',
      'anthropic-ratelimit-output-tokens-reset': reset,
      'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
      via: '1.1 google',
      'x-robots-tag': 'none',
      'cf-cache-status': 'DYNAMIC',
      server: 'cloudflare',
      'cf-ray': `${randomId(random, 16, HEX)}-FRA`,
    };
  },

  exhausted({ now }) {
    return {
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': rfc3339(now + 60_000),
      'anthropic-ratelimit-tokens-remaining': '0',
      'anthropic-ratelimit-tokens-reset': rfc3339(now + 60_000),
    };
  },

  document(answer, call) {
    const id = `msg_01${randomId(call.random, 22)}`;
    const stop_reason = spelt(FINISH, answer.finish);
    const content: unknown[] = [];
    if (answer.text.length > 0) content.push({ type: 'text', text: answer.text.join('') });
    if (answer.toolCall) {
      const input: unknown = JSON.parse(answer.toolCall.json);
      content.push({ type: 'tool_use', id: `toolu_01${randomId(call.random, 22)}`, name: call.tool ?? DEFAULT_TOOL, input });
    }
    return {
      json: {
        model: call.model,
        id,
        type: 'message',
        role: 'assistant',
        content,
        stop_reason,
        stop_sequence: null,
        usage: { ...INPUT_USAGE, output_tokens: TOKENS.output, service_tier: 'standard' },
      },
      says: { id, model: call.model, tokens: SAID_TOKENS, usage: true, finishReasons: [stop_reason], terminal: true },
    };
  },

  events(answer, call) {
    const id = `msg_01${randomId(call.random, 22)}`;
    const stop_reason = spelt(FINISH, answer.finish);
    const events: WireEvent[] = [];
    const push = (role: WireEvent['role'], type: string, fields: object = {}, says?: WireEvent['says']): void => {
      events.push({ role, name: type, data: JSON.stringify({ type, ...fields }), ...(says && { says }) });
    };
    const message = { model: call.model, id, type: 'message', role: 'assistant', content: [], stop_reason: null, stop_sequence: null, usage: { ...INPUT_USAGE, output_tokens: 1, service_tier: 'standard' } };
    push('start', 'message_start', { message }, {
      id,
      model: call.model,
      // Its output_tokens are no count yet.
      tokens: { input: TOKENS.input, cacheRead: TOKENS.cacheRead },
      usage: 'input_only',
    });
    let index = 0;
    if (answer.text.length > 0) {
      push('other', 'content_block_start', { index, content_block: { type: 'text', text: '' } });
      push('other', 'ping');
      for (const text of answer.text) push('text', 'content_block_delta', { index, delta: { type: 'text_delta', text } });
      push('other', 'content_block_stop', { index });
      index += 1;
    }
    if (answer.toolCall) {
      push('tool', 'content_block_start', { index, content_block: { type: 'tool_use', id: `toolu_01${randomId(call.random, 22)}`, name: call.tool ?? DEFAULT_TOOL, input: {} } });
      if (index === 0) push('other', 'ping');
      for (const partial_json of ['', ...argumentPieces(answer.toolCall.json)]) push('tool', 'content_block_delta', { index, delta: { type: 'input_json_delta', partial_json } });
      push('other', 'content_block_stop', { index });
    }
    push('finish', 'message_delta', { delta: { stop_reason, stop_sequence: null }, usage: { ...INPUT_USAGE, output_tokens: TOKENS.output } }, {
      tokens: SAID_TOKENS,
      usage: true,
      finishReasons: [stop_reason],
    });
    push('terminal', 'message_stop', {}, { terminal: true });
    return events;
  },

  error: (kind, _status, call) => ({ ...envelope(kind, call), request_id: `req_01${call.requestId}` }),
  errorEvent: (kind, call) => ({ role: 'other', name: 'error', data: JSON.stringify(envelope(kind, call)) }),
};

function envelope(kind: ErrorKind, call: Call): object {
  const [type, message] = ERRORS[kind];
  return { type: 'error', error: { type, message: typeof message === 'string' ? message : message(call) } };
}

/** To the second, as Anthropic sends it. */
function rfc3339(ms: number): string {
  return new Date(Math.ceil(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
