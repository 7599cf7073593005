import { EMBEDDING_TOKENS } from './answer.ts';
import { openaiError } from './openai-errors.ts';
import { OPENAI_EXHAUSTED, openaiHeaders } from './openai-headers.ts';
import type { WireDialect } from './wire-dialect.ts';

/** OpenAI embeddings. The answer's text plays no part; there are no streams. */
export const openaiEmbeddings: WireDialect = {
  id: 'openai.embeddings',
  members: { id: 'id', model: 'model', finish: 'finish_reason', usage: 'usage' },
  headers: openaiHeaders,
  exhausted: () => OPENAI_EXHAUSTED,

  document(_answer, call) {
    const { dimensions, base64 } = call.vector;
    const data = Array.from({ length: call.count }, (_, index) => {
      const vector = Float32Array.from({ length: dimensions }, () => call.random() * 2 - 1);
      return { object: 'embedding', index, embedding: base64 ? Buffer.from(vector.buffer).toString('base64') : [...vector] };
    });
    const usage = { prompt_tokens: EMBEDDING_TOKENS.input, total_tokens: EMBEDDING_TOKENS.input };
    return {
      json: { object: 'list', data, model: call.model, usage },
      says: { model: call.model, tokens: EMBEDDING_TOKENS, usage: true, finishReasons: [], terminal: true },
    };
  },

  events: () => [],
  error: (kind, _status, call) => ({ error: openaiError(kind, call) }),
  errorEvent: (kind, call) => ({ role: 'other', data: JSON.stringify({ error: openaiError(kind, call) }) }),
};
