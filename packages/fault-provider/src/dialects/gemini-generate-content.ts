import { randomId } from '../wire/random.ts';
import type { Said, Tokens } from '../wire/said.ts';
import type { WireEvent } from '../wire/sse.ts';
import { DEFAULT_TOOL, type Finish, spelt, TOKENS } from './answer.ts';
import type { Call } from './call.ts';
import type { ErrorKind, WireDialect } from './wire-dialect.ts';

const FINISH: Readonly<Partial<Record<Finish, string>>> = { stop: 'STOP', length: 'MAX_TOKENS', filter: 'SAFETY', tool: 'STOP', malformed_tool: 'MALFORMED_FUNCTION_CALL' };

type ErrorText = readonly [status: string, message: string | ((call: Call) => string), details?: (call: Call) => readonly unknown[]];

/** Gemini's per-minute and per-day limits differ in the quota's id only; the delay is told in the body. */
const quotaFailure =
  (quotaId: string, quotaMetric: string) =>
  (call: Call): readonly unknown[] => [
    { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaMetric, quotaId, quotaDimensions: { location: 'global', model: call.model } }] },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${call.sizes.retryAfterSeconds}s` },
  ];

const ERRORS: Readonly<Record<ErrorKind, ErrorText>> = {
  server_error: ['INTERNAL', 'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting'],
  unavailable: ['UNAVAILABLE', 'The model is overloaded. Please try again later.'],
  overloaded: ['UNAVAILABLE', 'The model is overloaded. Please try again later.'],
  rate_limited: [
    'RESOURCE_EXHAUSTED',
    'Resource has been exhausted (e.g. check quota).',
    quotaFailure('GenerateRequestsPerMinutePerProjectPerModel', 'generativelanguage.googleapis.com/generate_content_requests'),
  ],
  quota_exhausted: [
    'RESOURCE_EXHAUSTED',
    'You exceeded your current quota, please check your plan and billing details. For more information on this error, head over to: https://ai.google.dev/gemini-api/docs/rate-limits.',
    (call) => [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [{ quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests', quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier', quotaDimensions: { location: 'global', model: call.model }, quotaValue: '50' }],
      },
    ],
  ],
  payment_required: ['FAILED_PRECONDITION', 'Billing is not enabled for this project. Please enable billing in Google AI Studio.'],
  unauthenticated: ['UNAUTHENTICATED', 'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.'],
  permission_denied: ['PERMISSION_DENIED', 'The caller does not have permission'],
  model_not_found: ['NOT_FOUND', (call) => `models/${call.model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`],
  context_length_exceeded: ['INVALID_ARGUMENT', 'The input token count (1197072) exceeds the maximum number of tokens allowed (1048576).'],
  content_filtered: ['INVALID_ARGUMENT', 'The prompt was blocked by the safety filter.'],
  invalid_request: ['INVALID_ARGUMENT', "Invalid JSON payload received. Unknown name \"banana\" at 'generation_config': Cannot find field."],
  unprocessable: ['INVALID_ARGUMENT', 'Unable to process the request.'],
  conflict: ['ABORTED', 'The operation was aborted, typically due to a concurrency issue. Please retry.'],
  request_too_large: ['INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.'],
};

/** Gemini `generateContent`, and `streamGenerateContent` as events or as a JSON array. */
export const geminiGenerateContent: WireDialect = {
  id: 'gemini.generate_content',
  members: { id: 'responseId', model: 'modelVersion', finish: 'finishReason', usage: 'usageMetadata' },

  // There is no request id and no rate limit in Gemini's answers; its front end is the only signature.
  headers: ({ random }) => ({
    vary: 'Origin, X-Origin, Referer',
    server: 'scaffolding on HTTPServer2',
    'x-xss-protection': '0',
    'x-frame-options': 'SAMEORIGIN',
    'x-content-type-options': 'nosniff',
    'server-timing': `gfet4t7; dur=${300 + Math.floor(random() * 900)}`,
  }),
  exhausted: () => ({}),

  document(answer, call) {
    const shell = shellOf(call);
    if (answer.finish === 'prompt_blocked') return { json: blocked(shell), says: saysBlocked(shell) };
    const finish = spelt(FINISH, answer.finish);
    const parts = [...(answer.text.length > 0 ? [{ text: answer.text.join('') }] : []), ...toolParts(answer.toolCall, call)];
    const candidates = each(call, (index) => ({ ...(parts.length > 0 && { content: { parts, role: 'model' } }), finishReason: finish, ...whyOf(finish), index }));
    return {
      json: { candidates, usageMetadata: usage(TOKENS.output), ...shell },
      says: { id: shell.responseId, model: shell.modelVersion, tokens: TOKENS, usage: true, finishReasons: candidates.map(() => finish), terminal: true },
    };
  },

  events(answer, call) {
    const shell = shellOf(call);
    if (answer.finish === 'prompt_blocked') return [{ role: 'finish', data: JSON.stringify(blocked(shell)), says: saysBlocked(shell) }];
    const finish = spelt(FINISH, answer.finish);
    const toolCalls = toolParts(answer.toolCall, call);
    const deltas = [...answer.text.map((text) => ({ role: 'text' as const, part: { text } })), ...toolCalls.map((part) => ({ role: 'tool' as const, part }))];
    const events = deltas.map(({ role, part }, i): WireEvent => {
      // Counts so far: the thoughts came first, and the answer grows towards its sum.
      const output = TOKENS.reasoning + Math.min(i + 1, TOKENS.output - TOKENS.reasoning - 1);
      const candidates = each(call, (index) => ({ content: { parts: [part], role: 'model' }, index }));
      return {
        role,
        data: JSON.stringify({ candidates, usageMetadata: usage(output), ...shell }),
        says: { id: shell.responseId, model: shell.modelVersion, tokens: { ...TOKENS, output } satisfies Tokens, usage: 'so_far' },
      };
    });
    const candidates = each(call, (index) => ({ content: { parts: [{ text: '' }], role: 'model' }, finishReason: finish, ...whyOf(finish), index }));
    events.push({
      role: 'finish',
      data: JSON.stringify({ candidates, usageMetadata: usage(TOKENS.output), ...shell }),
      says: { id: shell.responseId, model: shell.modelVersion, tokens: TOKENS, usage: true, finishReasons: candidates.map(() => finish), terminal: true },
    });
    return events;
  },

  error(kind, status, call) {
    const envelope = { error: errorOf(kind, status, call) };
    return call.arrayStream ? [envelope] : envelope;
  },
  errorEvent: (kind, call) => ({ role: 'other', data: JSON.stringify({ error: errorOf(kind, kind === 'server_error' ? 500 : 503, call) }) }),
};

interface Shell {
  readonly modelVersion: string;
  readonly responseId: string;
}

function shellOf(call: Call): Shell {
  return { modelVersion: call.model, responseId: randomId(call.random, 22) };
}

function each<T>(call: Call, candidate: (index: number) => T): readonly T[] {
  return Array.from({ length: call.count }, (_, index) => candidate(index));
}

/** Gemini has whole calls only: arguments are an object. */
function toolParts(toolCall: { readonly json: string } | undefined, call: Call): readonly object[] {
  if (!toolCall) return [];
  const args: unknown = JSON.parse(toolCall.json);
  return [{ functionCall: { name: call.tool ?? DEFAULT_TOOL, args } }];
}

function whyOf(finish: string): object {
  return finish === 'MALFORMED_FUNCTION_CALL' ? { finishMessage: 'Malformed function call: print(default_api.get_weather(city="Par' } : {};
}

/** `output` is told in two parts, which the conventions add up. */
function usage(output: number): object {
  return {
    promptTokenCount: TOKENS.input,
    candidatesTokenCount: output - TOKENS.reasoning,
    totalTokenCount: TOKENS.input + output,
    cachedContentTokenCount: TOKENS.cacheRead,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: TOKENS.input }],
    thoughtsTokenCount: TOKENS.reasoning,
  };
}

function blocked(shell: Shell): object {
  return { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: TOKENS.input, totalTokenCount: TOKENS.input }, ...shell };
}

function saysBlocked(shell: Shell): Said {
  return { id: shell.responseId, model: shell.modelVersion, tokens: { input: TOKENS.input }, usage: 'input_only', finishReasons: [], terminal: true };
}

function errorOf(kind: ErrorKind, code: number, call: Call): object {
  const [status, message, details] = ERRORS[kind];
  return { code, message: typeof message === 'string' ? message : message(call), status, ...(details && { details: details(call) }) };
}
