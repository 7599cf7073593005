import { EMBEDDING_TOKENS } from './answer.ts';
import { geminiGenerateContent } from './gemini-generate-content.ts';
import type { WireDialect } from './wire-dialect.ts';

/** Gemini's embeddings, of which nobody says how many tokens they took, and Vertex AI's, which do. There are no streams. */
export const geminiEmbedContent: WireDialect = {
  ...geminiGenerateContent,
  id: 'gemini.embed_content',

  document(_answer, call) {
    const vectors = Array.from({ length: call.count }, () => Array.from({ length: call.vector.dimensions }, () => Math.fround(call.random() * 2 - 1)));
    if (/:predict(?:\?|$)/.test(call.path)) {
      // All are counted with the first, as what one answer of this provider takes is always the same.
      const predictions = vectors.map((values, i) => ({ embeddings: { values, statistics: { truncated: false, token_count: i === 0 ? EMBEDDING_TOKENS.input : 0 } } }));
      return { json: { predictions, metadata: { billableCharacterCount: 36 } }, says: { tokens: EMBEDDING_TOKENS, usage: true, finishReasons: [], terminal: true } };
    }
    const said = { usage: false, finishReasons: [], terminal: true };
    if (/:embedContent(?:\?|$)/.test(call.path)) return { json: { embedding: { values: vectors[0] } }, says: said };
    return { json: { embeddings: vectors.map((values) => ({ values })) }, says: said };
  },
  events: () => [],
};
