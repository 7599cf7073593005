import { HEX, randomId } from '../wire/random.ts';
import type { WireEvent } from '../wire/sse.ts';
import { type Answer, argumentPieces, DEFAULT_TOOL, type Finish, spelt, TOKENS } from './answer.ts';
import type { Call } from './call.ts';
import { openaiError } from './openai-errors.ts';
import { datedModel, OPENAI_EXHAUSTED, openaiHeaders } from './openai-headers.ts';
import type { WireDialect } from './wire-dialect.ts';

/** What stands where other dialects have a finish reason: the reason of an incomplete response, else its status. */
const FINISH: Readonly<Partial<Record<Finish, string>>> = { stop: 'completed', tool: 'completed', length: 'max_output_tokens', filter: 'content_filter', failed: 'failed' };

const USAGE = {
  input_tokens: TOKENS.input,
  input_tokens_details: { cached_tokens: TOKENS.cacheRead },
  output_tokens: TOKENS.output,
  output_tokens_details: { reasoning_tokens: TOKENS.reasoning },
  total_tokens: TOKENS.input + TOKENS.output,
};

interface Item {
  readonly id: string;
  readonly type: string;
}

/** OpenAI responses. */
export const openaiResponses: WireDialect = {
  id: 'openai.responses',
  members: { id: 'id', model: 'model', finish: 'status', usage: 'usage' },
  headers: openaiHeaders,
  exhausted: () => OPENAI_EXHAUSTED,

  document(answer, call) {
    const response = responseOf(answer, call);
    return {
      json: response.finished(response.items),
      says: { id: response.id, model: response.model, tokens: TOKENS, usage: true, finishReasons: [spelt(FINISH, answer.finish)], terminal: true },
    };
  },

  events(answer, call) {
    const response = responseOf(answer, call);
    const events: WireEvent[] = [];
    const push = (role: WireEvent['role'], type: string, fields: object, says?: WireEvent['says']): void => {
      events.push({ role, name: type, data: JSON.stringify({ type, sequence_number: events.length, ...fields }), ...(says && { says }) });
    };
    push('start', 'response.created', { response: response.inProgress }, { id: response.id, model: response.model });
    push('start', 'response.in_progress', { response: response.inProgress });
    for (const [output_index, item] of response.items.entries()) {
      const place = { item_id: item.id, output_index };
      if (item.type === 'message') {
        const text = answer.text.join('');
        const part = { type: 'output_text', annotations: [], logprobs: [], text: '' };
        push('other', 'response.output_item.added', { output_index, item: { ...item, status: 'in_progress', content: [] } });
        push('other', 'response.content_part.added', { ...place, content_index: 0, part });
        for (const delta of answer.text) push('text', 'response.output_text.delta', { ...place, content_index: 0, delta, logprobs: [] });
        push('other', 'response.output_text.done', { ...place, content_index: 0, text, logprobs: [] });
        push('other', 'response.content_part.done', { ...place, content_index: 0, part: { ...part, text } });
      } else {
        const json = answer.toolCall?.json ?? '';
        push('tool', 'response.output_item.added', { output_index, item: { ...item, status: 'in_progress', arguments: '' } });
        for (const delta of argumentPieces(json)) push('tool', 'response.function_call_arguments.delta', { ...place, delta });
        // An incomplete call is never said to be finished.
        if (response.status !== 'incomplete') push('other', 'response.function_call_arguments.done', { ...place, name: call.tool ?? DEFAULT_TOOL, arguments: json });
      }
      push('other', 'response.output_item.done', { output_index, item });
    }
    push('terminal', `response.${response.status}`, { response: response.finished(response.items) }, {
      tokens: TOKENS,
      usage: true,
      finishReasons: [spelt(FINISH, answer.finish)],
      terminal: true,
    });
    return events;
  },

  error: (kind, _status, call) => ({ error: openaiError(kind, call) }),
  errorEvent(kind, call) {
    const { type, code, message, param } = openaiError(kind, call);
    return { role: 'other', name: 'error', data: JSON.stringify({ type: 'error', sequence_number: 5, code: code ?? type, message, param }) };
  },
};

function responseOf(
  answer: Answer,
  call: Call,
): { readonly id: string; readonly model: string; readonly status: string; readonly items: readonly Item[]; readonly inProgress: object; finished(items: readonly Item[]): object } {
  const id = `resp_${randomId(call.random, 48, HEX)}`;
  const model = datedModel(call.model);
  const status = answer.finish === 'failed' ? 'failed' : answer.finish === 'length' || answer.finish === 'filter' ? 'incomplete' : 'completed';
  const itemStatus = status === 'completed' ? 'completed' : 'incomplete';
  const text = answer.text.join('');
  const items: Item[] = [];
  if (answer.text.length > 0) {
    const message = { id: `msg_${randomId(call.random, 48, HEX)}`, type: 'message', status: itemStatus, role: 'assistant', content: [{ type: 'output_text', annotations: [], logprobs: [], text }] };
    items.push(message);
  }
  if (answer.toolCall) {
    const functionCall = {
      id: `fc_${randomId(call.random, 48, HEX)}`,
      type: 'function_call',
      status: itemStatus,
      arguments: answer.toolCall.json,
      call_id: `call_${randomId(call.random, 24)}`,
      name: call.tool ?? DEFAULT_TOOL,
    };
    items.push(functionCall);
  }
  const common = {
    id,
    object: 'response',
    created_at: Math.floor(call.now / 1000),
    background: false,
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    model,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: 'default',
    store: true,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    user: null,
  };
  const incomplete_details = answer.finish === 'length' || answer.finish === 'filter' ? { reason: FINISH[answer.finish] } : null;
  const error = answer.finish === 'failed' ? { code: 'server_error', message: 'The model failed to generate a response.' } : null;
  return {
    id,
    model,
    status,
    items,
    inProgress: { ...common, status: 'in_progress', error: null, incomplete_details: null, output: [], usage: null },
    finished: (output) => ({ ...common, status, error, incomplete_details, output, usage: USAGE }),
  };
}
