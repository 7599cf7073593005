import type { Said, Tokens } from '../wire/said.ts';
import type { WireEvent } from '../wire/sse.ts';
import { argumentPieces, DEFAULT_TOOL, type Finish, spelt, TOKENS } from './answer.ts';
import { COHERE_EXHAUSTED, cohereError, cohereHeaders, uuid } from './cohere-errors.ts';
import type { WireDialect } from './wire-dialect.ts';

const FINISH: Readonly<Partial<Record<Finish, string>>> = { stop: 'COMPLETE', length: 'MAX_TOKENS', tool: 'TOOL_CALL', failed: 'ERROR' };

/** What is billed leaves out what Cohere puts around the prompt. */
const USAGE = {
  billed_units: { input_tokens: TOKENS.input, output_tokens: TOKENS.output },
  tokens: { input_tokens: TOKENS.input + 496, output_tokens: TOKENS.output + 2 },
  cached_tokens: TOKENS.cacheRead,
};
/** What a chat of Cohere's counts: reasoning is not told apart. */
export const COHERE_TOKENS: Tokens = { input: TOKENS.input, output: TOKENS.output, cacheRead: TOKENS.cacheRead };

/** Cohere's chat, version 2. */
export const cohereChat: WireDialect = {
  id: 'cohere.chat',
  members: { id: 'id', model: 'model', finish: 'finish_reason', usage: 'usage' },
  headers: cohereHeaders,
  exhausted: () => COHERE_EXHAUSTED,

  document(answer, call) {
    const id = uuid(call);
    const finish_reason = spelt(FINISH, answer.finish);
    const message = {
      role: 'assistant',
      ...(answer.text.length > 0 && { content: [{ type: 'text', text: answer.text.join('') }] }),
      ...(answer.toolCall && { tool_plan: 'I will look that up.', tool_calls: [{ id: `${call.tool ?? DEFAULT_TOOL}_${uuid(call).slice(0, 8)}`, type: 'function', function: { name: call.tool ?? DEFAULT_TOOL, arguments: answer.toolCall.json } }] }),
    };
    return {
      json: { id, message, finish_reason, usage: USAGE },
      says: { id, tokens: COHERE_TOKENS, usage: true, finishReasons: [finish_reason], terminal: true },
    };
  },

  events(answer, call) {
    const id = uuid(call);
    const events: WireEvent[] = [];
    const push = (role: WireEvent['role'], type: string, fields: object, says?: Partial<Said>): void => {
      events.push(event(role, type, fields, says));
    };
    push('start', 'message-start', { id, delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } } }, { id });
    if (answer.text.length > 0) {
      push('other', 'content-start', { index: 0, delta: { message: { content: { type: 'text', text: '' } } } });
      for (const text of answer.text) push('text', 'content-delta', { index: 0, delta: { message: { content: { text } } } });
      push('other', 'content-end', { index: 0 });
    }
    if (answer.toolCall) {
      push('other', 'tool-plan-delta', { delta: { message: { tool_plan: 'I will look that up.' } } });
      const name = call.tool ?? DEFAULT_TOOL;
      push('tool', 'tool-call-start', { index: 0, delta: { message: { tool_calls: { id: `${name}_${uuid(call).slice(0, 8)}`, type: 'function', function: { name, arguments: '' } } } } });
      for (const piece of argumentPieces(answer.toolCall.json)) push('tool', 'tool-call-delta', { index: 0, delta: { message: { tool_calls: { function: { arguments: piece } } } } });
      push('other', 'tool-call-end', { index: 0 });
    }
    const finish_reason = spelt(FINISH, answer.finish);
    push('terminal', 'message-end', { delta: { finish_reason, usage: USAGE } }, { tokens: COHERE_TOKENS, usage: true, finishReasons: [finish_reason], terminal: true });
    return events;
  },

  error: (kind, _status, call) => cohereError(kind, call),
  // A stream that fails ends as any other does, but for its reason.
  errorEvent: () => event('terminal', 'message-end', { delta: { finish_reason: 'ERROR' } }, { finishReasons: ['ERROR'], terminal: true }),
};

function event(role: WireEvent['role'], type: string, fields: object, says: Partial<Said> | undefined): WireEvent {
  return { role, name: type, data: JSON.stringify({ type, ...fields }), ...(says && { says }) };
}
