import { randomId } from '../wire/random.ts';
import type { WireEvent } from '../wire/sse.ts';
import { type Answer, argumentPieces, DEFAULT_TOOL, type Finish, spelt, TOKENS } from './answer.ts';
import type { Call } from './call.ts';
import { openaiError } from './openai-errors.ts';
import { openaiResponses } from './openai-responses.ts';
import type { WireDialect } from './wire-dialect.ts';

const FINISH: Readonly<Partial<Record<Finish, string>>> = { stop: 'completed', tool: 'completed', length: 'max_output_tokens', filter: 'content_filter', failed: 'failed' };
const STATUS: Readonly<Partial<Record<Finish, string>>> = { stop: 'completed', tool: 'completed', length: 'incomplete', filter: 'incomplete', failed: 'failed' };

const USAGE = {
  total_tokens: TOKENS.input + TOKENS.output,
  input_tokens: TOKENS.input,
  output_tokens: TOKENS.output,
  input_token_details: { text_tokens: 5, audio_tokens: TOKENS.input - 5, image_tokens: 0, cached_tokens: TOKENS.cacheRead, cached_tokens_details: { text_tokens: TOKENS.cacheRead, audio_tokens: 0, image_tokens: 0 } },
  output_token_details: { text_tokens: 4, audio_tokens: TOKENS.output - 4 },
};

/** OpenAI's realtime API: what a session's responses are made of. It has no documents, and no dialect of its own among those that are met over HTTP. */
export const openaiRealtime: WireDialect = {
  ...openaiResponses,

  events(answer, call) {
    const id = `resp_${randomId(call.random, 21)}`;
    const conversation_id = `conv_${randomId(call.random, 21)}`;
    const events: WireEvent[] = [];
    const push = (role: WireEvent['role'], type: string, fields: object, says?: WireEvent['says']): void => {
      events.push({ role, data: JSON.stringify({ type, event_id: `event_${randomId(call.random, 21)}`, ...fields }), ...(says && { says }) });
    };
    const response = { object: 'realtime.response', id, status: 'in_progress', status_details: null, output: [], conversation_id, output_modalities: ['audio'], max_output_tokens: 'inf', usage: null, metadata: null };
    push('start', 'response.created', { response }, { id });
    const items = itemsOf(answer, call);
    for (const [output_index, item] of items.entries()) {
      const place = { response_id: id, item_id: item.id, output_index };
      push('other', 'response.output_item.added', { response_id: id, output_index, item: { ...item, status: 'in_progress', ...(item.type === 'message' ? { content: [] } : { arguments: '' }) } });
      if (item.type === 'message') {
        const part = { type: 'audio', transcript: '' };
        push('other', 'response.content_part.added', { ...place, content_index: 0, part });
        for (const delta of answer.text) {
          push('text', 'response.output_audio_transcript.delta', { ...place, content_index: 0, delta });
          push('other', 'response.output_audio.delta', { ...place, content_index: 0, delta: SILENCE });
        }
        push('other', 'response.output_audio.done', { ...place, content_index: 0 });
        push('other', 'response.output_audio_transcript.done', { ...place, content_index: 0, transcript: answer.text.join('') });
        push('other', 'response.content_part.done', { ...place, content_index: 0, part: { ...part, transcript: answer.text.join('') } });
      } else {
        const json = answer.toolCall?.json ?? '';
        for (const delta of argumentPieces(json)) push('tool', 'response.function_call_arguments.delta', { ...place, call_id: 'call_1', delta });
        if (spelt(STATUS, answer.finish) !== 'incomplete') push('other', 'response.function_call_arguments.done', { ...place, call_id: 'call_1', arguments: json });
      }
      push('other', 'response.output_item.done', { response_id: id, output_index, item });
    }
    const status = spelt(STATUS, answer.finish);
    push('terminal', 'response.done', { response: { ...response, status, status_details: detailsOf(answer.finish, status), output: items, usage: USAGE } }, {
      tokens: { input: TOKENS.input, output: TOKENS.output, cacheRead: TOKENS.cacheRead },
      usage: true,
      finishReasons: [spelt(FINISH, answer.finish)],
      terminal: true,
    });
    return events;
  },

  errorEvent(kind, call) {
    return { role: 'other', data: JSON.stringify({ type: 'error', event_id: 'event_error', error: openaiError(kind, call) }) };
  },
};

/** 20 ms of it, as PCM of 24 kHz. */
const SILENCE = Buffer.alloc(960).toString('base64');

interface Item {
  readonly id: string;
  readonly type: 'message' | 'function_call';
}

function itemsOf(answer: Answer, call: Call): readonly Item[] {
  const status = spelt(STATUS, answer.finish) === 'completed' ? 'completed' : 'incomplete';
  const common = { object: 'realtime.item', status };
  const message = { ...common, id: `item_${randomId(call.random, 21)}`, type: 'message' as const, role: 'assistant', content: [{ type: 'output_audio', transcript: answer.text.join('') }] };
  const functionCall = { ...common, id: `item_${randomId(call.random, 21)}`, type: 'function_call' as const, name: call.tool ?? DEFAULT_TOOL, call_id: 'call_1', arguments: answer.toolCall?.json ?? '' };
  return [...(answer.text.length > 0 ? [message] : []), ...(answer.toolCall === undefined ? [] : [functionCall])];
}

function detailsOf(finish: Finish, status: string): object | null {
  if (status === 'incomplete') return { type: status, reason: spelt(FINISH, finish) };
  return status === 'failed' ? { type: status, error: { type: 'server_error', code: null, message: 'The model failed to generate a response.' } } : null;
}
