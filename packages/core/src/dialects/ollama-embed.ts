import { asCount, asList, asObject, asText, type JsonObject } from '../body/json-access.ts';
import type { AnswerDraft } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import type { Dialect, RequestFacts } from './dialect.ts';
import { DocumentReader, readDocument } from './document-reader.ts';
import { readProviderError } from './provider-error.ts';
import { readRequestBody } from './request-body.ts';
import { usageOf } from './usage.ts';
import { dimensionsOf } from './vectors.ts';

/** `/api/embed`, and `/api/embeddings` as it was before. Others have the latter in OpenAI's form: see {@link Dialect.spokenBy}. */
const PATH = /(?:^|\/)api\/embed(?:dings)?$/;
const WANTED: ReadonlySet<string> = new Set(['model', 'dimensions']);

/** Ollama's embeddings. There are no streams. */
export const ollamaEmbed: Dialect = {
  id: 'ollama.embed',
  operation: 'embeddings',
  spokenBy: 'ollama',
  matches: (method, path) => method === 'POST' && PATH.test(path),
  readRequest: (_url, body) => readMembers(readRequestBody(body, WANTED).members),
  readRequestParameters: readMembers,
  readAnswer: (body) => readDocument(body, readAnswer),
  needsEveryEvent: () => false,
  readEvents: () => new DocumentReader(readAnswer),
  // The conventions have no place for the input of an embedding.
  readContent: () => ({}),
};

function readMembers(members: JsonObject): RequestFacts {
  const model = asText(members['model']);
  const dimensions = asCount(members['dimensions']);
  return {
    operation: 'embeddings',
    stream: false,
    offersTools: false,
    parameters: dimensions === undefined ? {} : { [names.EMBEDDINGS_DIMENSION_COUNT]: dimensions },
    ...(model !== undefined && { model }),
  };
}

function readAnswer(value: unknown, draft: AnswerDraft): void {
  const body = asObject(value);
  const vectors = body?.['embeddings'] ?? (Array.isArray(body?.['embedding']) ? [body['embedding']] : undefined);
  if (!Array.isArray(vectors)) draft.error ??= readProviderError(value);
  if (body === undefined || draft.error !== undefined) return;
  draft.model ??= asText(body['model']);
  if (!Array.isArray(vectors)) return;
  draft.recognised = true;
  draft.usage ??= usageOf({ input: asCount(body['prompt_eval_count']) });
  const dimensions = dimensionsOf(asList(vectors)[0]);
  if (dimensions !== undefined) draft.attributes[names.EMBEDDINGS_DIMENSION_COUNT] = dimensions;
}
