import { randomId } from '../wire/random.ts';
import type { Said } from '../wire/said.ts';
import type { WireEvent } from '../wire/sse.ts';
import { argumentPieces, DEFAULT_TOOL, type Finish, spelt, TOKENS } from './answer.ts';
import { openaiError } from './openai-errors.ts';
import { datedModel, OPENAI_EXHAUSTED, openaiHeaders } from './openai-headers.ts';
import type { WireDialect } from './wire-dialect.ts';

const FINISH: Readonly<Partial<Record<Finish, string>>> = { stop: 'stop', length: 'length', filter: 'content_filter', tool: 'tool_calls' };

const USAGE = {
  prompt_tokens: TOKENS.input,
  completion_tokens: TOKENS.output,
  total_tokens: TOKENS.input + TOKENS.output,
  prompt_tokens_details: { cached_tokens: TOKENS.cacheRead, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: TOKENS.reasoning, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
};

/** OpenAI chat completions, which most compatible providers speak too. */
export const openaiChat: WireDialect = {
  id: 'openai.chat',
  members: { id: 'id', model: 'model', finish: 'finish_reason', usage: 'usage' },
  headers: openaiHeaders,
  exhausted: () => OPENAI_EXHAUSTED,

  document(answer, call) {
    const id = `chatcmpl-${randomId(call.random, 29)}`;
    const model = datedModel(call.model);
    const finish = spelt(FINISH, answer.finish);
    const choices = Array.from({ length: call.count }, (_, index) => ({
      index,
      message: {
        role: 'assistant',
        content: answer.toolCall && answer.text.length === 0 ? null : answer.text.join(''),
        refusal: null,
        annotations: [],
        ...(answer.toolCall && {
          tool_calls: [{ id: `call_${randomId(call.random, 24)}`, type: 'function', function: { name: call.tool ?? DEFAULT_TOOL, arguments: answer.toolCall.json } }],
        }),
      },
      logprobs: null,
      finish_reason: finish,
    }));
    const says: Said = { id, model, tokens: TOKENS, usage: true, finishReasons: choices.map(() => finish), terminal: true };
    return {
      json: { id, object: 'chat.completion', created: Math.floor(call.now / 1000), model, choices, usage: USAGE, service_tier: 'default', system_fingerprint: 'fp_2f1a6c5b7d' },
      says,
    };
  },

  events(answer, call) {
    const id = `chatcmpl-${randomId(call.random, 29)}`;
    const model = datedModel(call.model);
    const finish = spelt(FINISH, answer.finish);
    const created = Math.floor(call.now / 1000);
    const chunk = (choices: readonly unknown[], usage: unknown = null): string =>
      JSON.stringify({
        id,
        object: 'chat.completion.chunk',
        created,
        model,
        service_tier: 'default',
        system_fingerprint: 'fp_2f1a6c5b7d',
        choices,
        // With include_usage every chunk has the field, and only the last one a value.
        ...(call.includeUsage && { usage }),
      });
    const delta = (index: number, value: unknown, finish_reason: string | null = null): string => chunk([{ index, delta: value, logprobs: null, finish_reason }]);
    const each = Array.from({ length: call.count }, (_, index) => index);
    const events: WireEvent[] = [];
    for (const index of each) {
      events.push({ role: 'start', data: delta(index, { role: 'assistant', content: answer.toolCall && answer.text.length === 0 ? null : '', refusal: null }), says: { id, model } });
    }
    for (const content of answer.text) {
      for (const index of each) events.push({ role: 'text', data: delta(index, { content }) });
    }
    if (answer.toolCall) {
      for (const index of each) {
        const head = { index: 0, id: `call_${randomId(call.random, 24)}`, type: 'function', function: { name: call.tool ?? DEFAULT_TOOL, arguments: '' } };
        events.push({ role: 'tool', data: delta(index, { tool_calls: [head] }) });
        for (const piece of argumentPieces(answer.toolCall.json)) {
          events.push({ role: 'tool', data: delta(index, { tool_calls: [{ index: 0, function: { arguments: piece } }] }) });
        }
      }
    }
    for (const index of each) {
      events.push({ role: 'finish', data: delta(index, {}, finish), says: { finishReasons: Array.from({ length: index + 1 }, () => finish) } });
    }
    if (call.includeUsage) events.push({ role: 'usage', data: chunk([], USAGE), says: { tokens: TOKENS, usage: true } });
    events.push({ role: 'terminal', data: '[DONE]', says: { terminal: true } });
    return events;
  },

  error: (kind, _status, call) => ({ error: openaiError(kind, call) }),
  errorEvent: (kind, call) => ({ role: 'other', data: JSON.stringify({ error: openaiError(kind, call) }) }),
};
