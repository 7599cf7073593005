import type { WireEvent } from '../wire/sse.ts';
import { DEFAULT_TOOL, type Answer, type Finish, spelt, TOKENS } from './answer.ts';
import type { Call } from './call.ts';
import { COHERE_TOKENS } from './cohere-chat.ts';
import { COHERE_EXHAUSTED, cohereError, cohereHeaders, uuid } from './cohere-errors.ts';
import type { WireDialect } from './wire-dialect.ts';

const FINISH: Readonly<Partial<Record<Finish, string>>> = { stop: 'COMPLETE', length: 'MAX_TOKENS', filter: 'ERROR_TOXIC', tool: 'COMPLETE', failed: 'ERROR' };
const META = {
  api_version: { version: '1' },
  billed_units: { input_tokens: TOKENS.input, output_tokens: TOKENS.output },
  tokens: { input_tokens: TOKENS.input + 60, output_tokens: TOKENS.output },
  cached_tokens: TOKENS.cacheRead,
};

/** Cohere's chat, version 1: its streams are documents one a line, the last of which repeats the answer. */
export const cohereV1Chat: WireDialect = {
  id: 'cohere.v1_chat',
  streamsLines: 'application/stream+json',
  members: { id: 'generation_id', model: 'model', finish: 'finish_reason', usage: 'meta' },
  headers: cohereHeaders,
  exhausted: () => COHERE_EXHAUSTED,

  document(answer, call) {
    const id = uuid(call);
    const finish = spelt(FINISH, answer.finish);
    return { json: whole(answer, call, id), says: { id, tokens: COHERE_TOKENS, usage: true, finishReasons: [finish], terminal: true } };
  },

  events(answer, call) {
    const id = uuid(call);
    const finish = spelt(FINISH, answer.finish);
    const line = (role: WireEvent['role'], event_type: string, fields: object, says?: WireEvent['says']): WireEvent => ({
      role,
      data: JSON.stringify({ is_finished: role === 'terminal', event_type, ...fields }),
      ...(says && { says }),
    });
    return [
      line('start', 'stream-start', { generation_id: id }, { id }),
      ...answer.text.map((text) => line('text', 'text-generation', { text })),
      ...(answer.toolCall ? [line('tool', 'tool-calls-generation', { tool_calls: callsOf(answer, call) })] : []),
      line('terminal', 'stream-end', { response: whole(answer, call, id), finish_reason: finish }, { id, tokens: COHERE_TOKENS, usage: true, finishReasons: [finish], terminal: true }),
    ];
  },

  error: (kind, _status, call) => cohereError(kind, call),
  errorEvent: () => ({
    role: 'terminal',
    data: JSON.stringify({ is_finished: true, event_type: 'stream-end', finish_reason: 'ERROR' }),
    says: { finishReasons: ['ERROR'], terminal: true },
  }),
};

function whole(answer: Answer, call: Call, generation_id: string): object {
  return {
    response_id: uuid(call),
    text: answer.text.join(''),
    generation_id,
    finish_reason: spelt(FINISH, answer.finish),
    ...(answer.toolCall && { tool_calls: callsOf(answer, call) }),
    meta: META,
  };
}

function callsOf(answer: Answer, call: Call): readonly object[] {
  const parameters: unknown = JSON.parse(answer.toolCall?.json ?? '{}');
  return [{ name: call.tool ?? DEFAULT_TOOL, parameters }];
}
