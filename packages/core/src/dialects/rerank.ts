import { asCount, asObject, asText, isObject } from '../body/json-access.ts';
import type { AnswerDraft } from './answer-draft.ts';
import { readCohereUsage } from './cohere-shared.ts';
import type { Dialect } from './dialect.ts';
import { documentDialect } from './document-dialect.ts';
import { readProviderError } from './provider-error.ts';
import { usageOf } from './usage.ts';

/** Cohere's, which others took over: Jina, Voyage, vLLM, llama.cpp, LiteLLM (`/v1/rerank`), Text Embeddings Inference (`/rerank`). */
const PATH = /(?:^|\/)rerank$/;

/**
 * Ranking of documents by a query, as Cohere has it and others took it over. The conventions have no name for the operation, so it has one of
 * its own: `rerank`. There are no streams.
 */
export const rerank: Dialect = documentDialect({
  id: 'cohere.rerank',
  operation: 'rerank',
  path: PATH,
  // Text Embeddings Inference calls them texts.
  sharedPaths: { bodies: [['query', 'documents'], ['query', 'texts']] },
  wanted: [],
  readAnswer,
});

function readAnswer(value: unknown, draft: AnswerDraft): void {
  // Cohere and most others · Voyage · Text Embeddings Inference
  const ranked = Array.isArray(value) ? value : (asObject(value)?.['results'] ?? asObject(value)?.['data']);
  const isAnswer = Array.isArray(ranked) && ranked.every(isRank);
  if (!isAnswer) draft.error ??= readProviderError(value);
  if (draft.error !== undefined) return;
  const body = asObject(value);
  draft.id ??= asText(body?.['id']);
  draft.model ??= asText(body?.['model']);
  if (!isAnswer) return;
  draft.recognised = true;
  const counted = asObject(body?.['usage']);
  draft.usage ??= readCohereUsage(body?.['meta']) ?? usageOf({ input: asCount(counted?.['prompt_tokens']) ?? asCount(counted?.['total_tokens']) });
}

function isRank(value: unknown): boolean {
  return isObject(value) && typeof value['index'] === 'number';
}
