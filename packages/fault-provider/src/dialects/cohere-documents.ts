import { EMBEDDING_TOKENS } from './answer.ts';
import { COHERE_EXHAUSTED, cohereError, cohereHeaders, uuid } from './cohere-errors.ts';
import type { WireDialect } from './wire-dialect.ts';

const SHARED = {
  members: { id: 'id', model: 'model', finish: 'finish_reason', usage: 'meta' },
  headers: cohereHeaders,
  exhausted: () => COHERE_EXHAUSTED,
  events: () => [],
  error: (kind, _status, call) => cohereError(kind, call),
  errorEvent: (kind, call) => ({ role: 'other', data: JSON.stringify(cohereError(kind, call)) }),
} as const satisfies Partial<WireDialect>;

/** Cohere's embeddings, version 2 and, where no types are asked for, version 1. There are no streams. */
export const cohereEmbed: WireDialect = {
  ...SHARED,
  id: 'cohere.embed',

  document(_answer, call) {
    const id = uuid(call);
    const vectors = Array.from({ length: call.count }, () => Array.from({ length: call.vector.dimensions }, () => Math.fround(call.random() * 2 - 1)));
    const version = /\/v1\/embed(?:\?|$)/.test(call.path) ? '1' : '2';
    const meta = { api_version: { version }, billed_units: { input_tokens: EMBEDDING_TOKENS.input } };
    const texts = vectors.map(() => 'what was embedded');
    return {
      json: version === '1' ? { id, texts, embeddings: vectors, meta, response_type: 'embeddings_floats' } : { id, embeddings: { float: vectors }, texts, meta, response_type: 'embeddings_by_type' },
      says: { id, tokens: EMBEDDING_TOKENS, usage: true, finishReasons: [], terminal: true },
    };
  },
};

/** Cohere's ranking, which is billed by searches and not by tokens. There are no streams. */
export const cohereRerank: WireDialect = {
  ...SHARED,
  id: 'cohere.rerank',

  document(_answer, call) {
    const id = uuid(call);
    const results = Array.from({ length: call.count }, (_, index) => ({ index, relevance_score: (call.count - index) / (call.count + 1) }));
    return {
      json: { id, results, meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } } },
      says: { id, usage: false, finishReasons: [], terminal: true },
    };
  },
};
