import { readFileSync } from 'node:fs';
import { dialectFor, judgeAttempt } from '@outspan/core';
import { describe, expect, it } from 'vitest';

/** Where an SDK declares its finish reasons, and an answer of its API that ended by one. */
interface Declared {
  readonly file: string;
  /** Around the declaration; the reasons are the quoted words in it. */
  readonly declaration: RegExp;
  readonly path: string;
  readonly answer: (reason: string) => object;
  /** What each reason means: `success`, `token_limit`, `filtered`, `cancelled`, or the class of a failure. */
  readonly meanings: Readonly<Record<string, string>>;
}

const chat = (finish_reason: string): object => ({ id: 'c', model: 'm', object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason }] });
const cohere = (finish_reason: string): object => ({ id: 'c', finish_reason, message: { role: 'assistant', content: [{ type: 'text', text: 'hi' }] } });

const SDKS: Readonly<Record<string, Declared>> = {
  openai: {
    file: 'openai-7/resources/chat/completions/completions.d.ts',
    declaration: /finish_reason: ([^;]+);/,
    path: '/v1/chat/completions',
    answer: chat,
    meanings: { stop: 'success', length: 'token_limit', tool_calls: 'success', content_filter: 'filtered', function_call: 'success' },
  },
  'groq-sdk': { file: 'groq-sdk-1/resources/chat/completions.d.ts', declaration: /finish_reason: ([^;]+);/, path: '/v1/chat/completions', answer: chat, meanings: { stop: 'success', length: 'token_limit', tool_calls: 'success', function_call: 'success' } },
  'together-ai': { file: 'together-ai-52/resources/chat/completions.d.ts', declaration: /finish_reason: ([^;]+);/, path: '/v1/chat/completions', answer: chat, meanings: { stop: 'success', eos: 'success', length: 'token_limit', tool_calls: 'success', function_call: 'success' } },
  '@mistralai/mistralai': {
    file: '@mistralai/mistralai-2/esm/models/components/chatcompletionchoice.d.ts',
    declaration: /const ChatCompletionChoiceFinishReason: \{([^}]+)\}/,
    path: '/v1/chat/completions',
    answer: chat,
    meanings: { stop: 'success', length: 'token_limit', model_length: 'token_limit', error: 'server_error', tool_calls: 'success' },
  },
  '@anthropic-ai/sdk': {
    file: '@anthropic-ai/sdk/resources/messages/messages.d.ts',
    declaration: /type StopReason = ([^;]+);/,
    path: '/v1/messages',
    answer: (stop_reason) => ({ id: 'm', type: 'message', role: 'assistant', model: 'c', content: [{ type: 'text', text: 'hi' }], stop_reason, usage: { input_tokens: 1, output_tokens: 1 } }),
    meanings: { end_turn: 'success', max_tokens: 'token_limit', stop_sequence: 'success', tool_use: 'success', pause_turn: 'success', refusal: 'filtered', model_context_window_exceeded: 'token_limit' },
  },
  '@google/genai': {
    file: '@google/genai/dist/genai.d.ts',
    declaration: /enum FinishReason \{([^}]+)\}/,
    path: '/v1beta/models/m:generateContent',
    answer: (finishReason) => ({ candidates: [{ content: { role: 'model', parts: [{ text: 'hi' }] }, finishReason }] }),
    meanings: {
      FINISH_REASON_UNSPECIFIED: 'success', STOP: 'success', MAX_TOKENS: 'token_limit', SAFETY: 'filtered', RECITATION: 'filtered', LANGUAGE: 'invalid_request', OTHER: 'success', BLOCKLIST: 'filtered', PROHIBITED_CONTENT: 'filtered', SPII: 'filtered',
      MALFORMED_FUNCTION_CALL: 'invalid_tool_call', IMAGE_SAFETY: 'filtered', UNEXPECTED_TOOL_CALL: 'invalid_tool_call', TOO_MANY_TOOL_CALLS: 'invalid_tool_call', IMAGE_PROHIBITED_CONTENT: 'filtered', NO_IMAGE: 'malformed_response', IMAGE_RECITATION: 'filtered',
      IMAGE_OTHER: 'server_error', CONTINUATION: 'token_limit', MALFORMED_RESPONSE: 'malformed_response',
    },
  },
  'cohere-ai': {
    file: 'cohere-ai-8/dist/api/types/ChatFinishReason.d.ts',
    declaration: /const ChatFinishReason: \{([^}]+)\}/,
    path: '/v2/chat',
    answer: cohere,
    meanings: { COMPLETE: 'success', STOP_SEQUENCE: 'success', MAX_TOKENS: 'token_limit', TOOL_CALL: 'success', ERROR: 'server_error', TIMEOUT: 'timeout' },
  },
  'cohere-ai, version 1': {
    file: 'cohere-ai-8/dist/api/types/FinishReason.d.ts',
    declaration: /const FinishReason: \{([^}]+)\}/,
    path: '/v2/chat',
    answer: cohere,
    meanings: { COMPLETE: 'success', STOP_SEQUENCE: 'success', ERROR: 'server_error', ERROR_TOXIC: 'filtered', ERROR_LIMIT: 'token_limit', USER_CANCEL: 'cancelled', MAX_TOKENS: 'token_limit', TIMEOUT: 'timeout' },
  },
  '@aws-sdk/client-bedrock-runtime': {
    file: '@aws-sdk/client-bedrock-runtime-1164/dist-types/models/enums.d.ts',
    declaration: /const StopReason: \{([^}]+)\}/,
    path: '/model/m/converse',
    answer: (stopReason) => ({ output: { message: { role: 'assistant', content: [{ text: 'hi' }] } }, stopReason, usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 } }),
    meanings: { content_filtered: 'filtered', end_turn: 'success', guardrail_intervened: 'filtered', malformed_model_output: 'malformed_response', malformed_tool_use: 'invalid_tool_call', max_tokens: 'token_limit', model_context_window_exceeded: 'token_limit', stop_sequence: 'success', tool_use: 'success' },
  },
};

/** The reasons that the SDK knows. A comment may quote words of its own. */
function declared({ declaration, file }: Declared): readonly string[] {
  const text = readFileSync(new URL(`../node_modules/${file}`, import.meta.url), 'utf8');
  const inside = (declaration.exec(text)?.[1] ?? '').replaceAll(/\/\*[^]*?\*\//g, '');
  return [...inside.matchAll(/["'](\w+)["']/g)].map(([, reason = '']) => reason);
}

function meaningOf({ answer, path }: Declared, reason: string): string {
  const dialect = dialectFor('POST', path, () => 'cohere');
  if (dialect === undefined) throw new RangeError(`no dialect has ${path}`);
  const url = new URL(path, 'https://api.example.com');
  const facts = dialect.readAnswer(answer(reason), { contentBytes: 0 });
  const verdict = judgeAttempt({ request: dialect.readRequest(url, undefined), head: { status: 200, contentType: 'application/json' }, body: { form: 'json', bytes: 1, answer: facts }, ending: { by: 'completion' } });
  if (verdict.outcome === 'failure') return verdict.error.class;
  return verdict.truncation?.[0] ?? (facts.filtered ? 'filtered' : verdict.outcome);
}

describe.each(Object.entries(SDKS))('the finish reasons of %s', (_sdk, sdk) => {
  it('are those that are known here: a new one has to be given its meaning', () => {
    expect(declared(sdk).toSorted()).toEqual(Object.keys(sdk.meanings).toSorted());
  });

  it.each(Object.entries(sdk.meanings))('mean what they say: %s, %s', (reason, meaning) => {
    expect(meaningOf(sdk, reason)).toBe(meaning);
  });
});
