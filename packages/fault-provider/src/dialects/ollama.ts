import type { Tokens } from '../wire/said.ts';
import type { WireEvent } from '../wire/sse.ts';
import { DEFAULT_TOOL, EMBEDDING_TOKENS, type Finish, spelt, TOKENS } from './answer.ts';
import type { Call } from './call.ts';
import type { ErrorKind, WireDialect } from './wire-dialect.ts';

const FINISH: Readonly<Partial<Record<Finish, string>>> = { stop: 'stop', length: 'length', tool: 'stop' };
const SAID_TOKENS: Tokens = { input: TOKENS.input, output: TOKENS.output };
const COUNTS = { total_duration: 1_184_736_625, load_duration: 101_244_458, prompt_eval_count: TOKENS.input, prompt_eval_duration: 62_316_417, eval_count: TOKENS.output, eval_duration: 913_456_000 };

/** A local server says the first of these; the limits and the keys are those of Ollama's cloud. */
const ERRORS: Readonly<Record<ErrorKind, string | ((call: Call) => string)>> = {
  server_error: 'an error was encountered while running the model: unexpected EOF',
  unavailable: 'server busy, please try again.  maximum pending requests exceeded',
  overloaded: 'server busy, please try again.  maximum pending requests exceeded',
  rate_limited: 'too many concurrent requests',
  quota_exhausted: 'you have reached your weekly usage limit, upgrade for higher limits: https://ollama.com/upgrade',
  payment_required: 'this model requires a subscription, upgrade for access: https://ollama.com/upgrade',
  unauthenticated: 'unauthorized',
  permission_denied: 'this model requires a subscription, upgrade for access: https://ollama.com/upgrade',
  model_not_found: (call) => `model '${call.model}' not found`,
  context_length_exceeded: 'the input length exceeds the context length',
  content_filtered: 'the prompt was refused',
  invalid_request: 'invalid options: banana',
  unprocessable: 'invalid options: banana',
  conflict: 'the model is being changed by another request',
  request_too_large: 'http: request body too large',
};

/** A local server names neither itself nor the request. */
const SHARED = {
  headers: () => ({}),
  exhausted: () => ({}),
  error: (kind, _status, call) => ({ error: errorOf(kind, call) }),
  errorEvent: (kind, call) => ({ role: 'other', data: JSON.stringify({ error: errorOf(kind, call) }) }),
} as const satisfies Partial<WireDialect>;

function errorOf(kind: ErrorKind, call: Call): string {
  const text = ERRORS[kind];
  return typeof text === 'string' ? text : text(call);
}

/** What a text, and tool calls if there are any, are put into. */
type Wrap = (text: string, toolCalls?: readonly object[]) => object;

function ollamaDialect(id: 'ollama.chat' | 'ollama.generate', wrap: Wrap): WireDialect {
  return {
    ...SHARED,
    id,
    streamsLines: 'application/x-ndjson',
    members: { id: 'id', model: 'model', finish: 'done_reason', usage: 'eval_count' },

    document(answer, call) {
      const done_reason = spelt(FINISH, answer.finish);
      return {
        json: { ...shellOf(call, 0), ...wrap(answer.text.join(''), answer.toolCall && callsOf(answer.toolCall, call)), done: true, done_reason, ...COUNTS },
        says: { model: call.model, tokens: SAID_TOKENS, usage: true, finishReasons: [done_reason], terminal: true },
      };
    },

    events(answer, call) {
      const done_reason = spelt(FINISH, answer.finish);
      const deltas = [...answer.text.map((text) => ({ role: 'text' as const, said: wrap(text) })), ...(answer.toolCall ? [{ role: 'tool' as const, said: wrap('', callsOf(answer.toolCall, call)) }] : [])];
      return [
        ...deltas.map(({ role, said }, i): WireEvent => ({ role, data: JSON.stringify({ ...shellOf(call, i), ...said, done: false }), says: { model: call.model } })),
        {
          role: 'terminal',
          data: JSON.stringify({ ...shellOf(call, deltas.length), ...wrap(''), done: true, done_reason, ...COUNTS }),
          says: { model: call.model, tokens: SAID_TOKENS, usage: true, finishReasons: [done_reason], terminal: true },
        },
      ];
    },
  };
}

/** Every line has the time at which it was written, in nanoseconds. */
function shellOf(call: Call, line: number): object {
  return { model: call.model, created_at: new Date(call.now + line).toISOString().replace('Z', '123456Z') };
}

function callsOf({ json }: { readonly json: string }, call: Call): readonly object[] {
  const parsed: unknown = JSON.parse(json);
  return [{ function: { index: 0, name: call.tool ?? DEFAULT_TOOL, arguments: parsed } }];
}

/** Ollama's chat: streams are documents one a line. */
export const ollamaChat: WireDialect = ollamaDialect('ollama.chat', (content, tool_calls) => ({ message: { role: 'assistant', content, ...(tool_calls && { tool_calls }) } }));
/** Ollama's completion of a prompt. It has no tools. */
export const ollamaGenerate: WireDialect = ollamaDialect('ollama.generate', (response) => ({ response }));

/** Ollama's embeddings, and as they were before. There are no streams. */
export const ollamaEmbed: WireDialect = {
  ...SHARED,
  id: 'ollama.embed',
  members: { id: 'id', model: 'model', finish: 'done_reason', usage: 'prompt_eval_count' },
  events: () => [],

  document(_answer, call) {
    const vectors = Array.from({ length: call.count }, () => Array.from({ length: call.vector.dimensions }, () => Math.fround(call.random() * 2 - 1)));
    if (/\/embeddings(?:\?|$)/.test(call.path)) return { json: { embedding: vectors[0] ?? [] }, says: { usage: false, finishReasons: [], terminal: true } };
    return {
      json: { model: call.model, embeddings: vectors, total_duration: 14_143_917, load_duration: 1_019_500, prompt_eval_count: EMBEDDING_TOKENS.input },
      says: { model: call.model, tokens: EMBEDDING_TOKENS, usage: true, finishReasons: [], terminal: true },
    };
  },
};
