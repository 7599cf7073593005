import type { Said, Tokens } from '../wire/said.ts';
import type { WireEvent } from '../wire/sse.ts';
import { HEX, randomId } from '../wire/random.ts';
import { argumentPieces, DEFAULT_TOOL, type Finish, spelt, TOKENS } from './answer.ts';
import type { Call } from './call.ts';
import type { ErrorKind, WireDialect } from './wire-dialect.ts';

const FINISH: Readonly<Partial<Record<Finish, string>>> = { stop: 'stop', length: 'length', tool: 'tool-calls', filter: 'content-filter', failed: 'error' };

const COUNTED: Tokens = { input: TOKENS.input, output: TOKENS.output, cacheRead: TOKENS.cacheRead, reasoning: TOKENS.reasoning };
const USAGE = {
  inputTokens: { total: TOKENS.input, noCache: TOKENS.input - TOKENS.cacheRead, cacheRead: TOKENS.cacheRead, cacheWrite: 0 },
  outputTokens: { total: TOKENS.output, text: TOKENS.output - TOKENS.reasoning, reasoning: TOKENS.reasoning },
};

const TYPES: Readonly<Partial<Record<ErrorKind, string>>> = {
  unauthenticated: 'authentication_error',
  permission_denied: 'forbidden',
  model_not_found: 'model_not_found',
  rate_limited: 'rate_limit_exceeded',
  invalid_request: 'invalid_request_error',
  unprocessable: 'invalid_request_error',
};

const MESSAGES: Readonly<Record<ErrorKind, string | ((call: Call) => string)>> = {
  server_error: 'Internal Server Error',
  unavailable: 'Service Unavailable',
  overloaded: 'The model is overloaded. Please try again later.',
  rate_limited: 'Rate limit exceeded for model. Please try again later.',
  quota_exhausted: 'You exceeded your current quota, please check your plan and billing details.',
  payment_required: 'Insufficient funds. Please add credits to your account to continue using AI services.',
  unauthenticated: 'Invalid API key.',
  permission_denied: 'You do not have access to this model.',
  model_not_found: ({ model }) => `Model '${model}' not found`,
  context_length_exceeded: "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens.",
  content_filtered: 'The prompt was blocked by the content filter.',
  invalid_request: 'Invalid request body',
  unprocessable: 'Invalid request body: temperature must be a number',
  conflict: 'Conflict',
  request_too_large: 'Request body too large',
};

/** Vercel's AI Gateway, as the AI SDK's default provider asks it. */
export const aiGatewayLanguageModel: WireDialect = {
  id: 'ai_gateway.language_model',
  members: { id: 'id', model: 'modelId', finish: 'unified', usage: 'usage' },
  headers: ({ random }) => ({ server: 'Vercel', 'x-vercel-id': `fra1::iad1::${randomId(random, 5, HEX)}-1764500000000-${randomId(random, 12, HEX)}` }),
  exhausted: () => ({}),

  document(answer, call) {
    const id = idOf(call);
    const finish = spelt(FINISH, answer.finish);
    const content = [
      ...(answer.text.length > 0 ? [{ type: 'text', text: answer.text.join('') }] : []),
      ...(answer.toolCall ? [{ type: 'tool-call', toolCallId: `call_${id.slice(-8)}`, toolName: call.tool ?? DEFAULT_TOOL, input: answer.toolCall.json }] : []),
    ];
    return {
      json: { content, finishReason: { unified: finish, raw: finish }, usage: USAGE, warnings: [], response: { id, modelId: call.model, timestamp: '2026-11-30T12:00:00.000Z' } },
      says: { id, model: call.model, tokens: COUNTED, usage: true, finishReasons: [finish], terminal: true },
    };
  },

  events(answer, call) {
    const id = idOf(call);
    const events: WireEvent[] = [];
    const push = (role: WireEvent['role'], part: object, says?: Partial<Said>): void => void events.push(event(role, part, says));
    push('other', { type: 'stream-start', warnings: [] });
    push('start', { type: 'response-metadata', id, modelId: call.model, timestamp: '2026-11-30T12:00:00.000Z' }, { id, model: call.model });
    if (answer.text.length > 0) {
      push('other', { type: 'text-start', id: '0' });
      for (const delta of answer.text) push('text', { type: 'text-delta', id: '0', delta });
      push('other', { type: 'text-end', id: '0' });
    }
    if (answer.toolCall) {
      const toolCallId = `call_${id.slice(-8)}`;
      const toolName = call.tool ?? DEFAULT_TOOL;
      push('tool', { type: 'tool-input-start', id: toolCallId, toolName });
      for (const delta of argumentPieces(answer.toolCall.json)) push('tool', { type: 'tool-input-delta', id: toolCallId, delta });
      push('other', { type: 'tool-input-end', id: toolCallId });
      push('tool', { type: 'tool-call', toolCallId, toolName, input: answer.toolCall.json });
    }
    const finish = spelt(FINISH, answer.finish);
    push('terminal', { type: 'finish', finishReason: { unified: finish, raw: finish }, usage: USAGE }, { tokens: COUNTED, usage: true, finishReasons: [finish], terminal: true });
    return events;
  },

  error: (kind, _status, call) => errorOf(kind, call),
  errorEvent: (kind, call) => event('other', { type: 'error', error: errorOf(kind, call).error }),
};

function idOf({ random }: Call): string {
  return `gen_${randomId(random, 26, HEX)}`;
}

function errorOf(kind: ErrorKind, call: Call): { readonly error: { readonly message: string; readonly type: string } } {
  const message = MESSAGES[kind];
  return { error: { message: typeof message === 'string' ? message : message(call), type: TYPES[kind] ?? 'internal_server_error' } };
}

function event(role: WireEvent['role'], part: object, says?: Partial<Said>): WireEvent {
  return { role, data: JSON.stringify(part), ...(says && { says }) };
}
