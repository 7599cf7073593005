import { asCount, asList, asObject, asText } from '../body/json-access.ts';
import type { AnswerDraft } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import type { Dialect } from './dialect.ts';
import { documentDialect } from './document-dialect.ts';
import { readProviderError } from './provider-error.ts';
import { type ParameterRow, readParameters } from './request-parameters.ts';
import { usageOf } from './usage.ts';
import { dimensionsOf } from './vectors.ts';

/** `/api/embed`, and `/api/embeddings` as it was before. Others have the latter in OpenAI's form: see {@link Dialect.spokenBy}. */
const PATH = /(?:^|\/)api\/embed(?:dings)?$/;
const PARAMETERS: readonly ParameterRow[] = [{ from: 'dimensions', to: names.EMBEDDINGS_DIMENSION_COUNT, as: 'integer' }];

/** Ollama's embeddings. There are no streams. */
export const ollamaEmbed: Dialect = documentDialect({
  id: 'ollama.embed',
  operation: 'embeddings',
  spokenBy: 'ollama',
  path: PATH,
  wanted: PARAMETERS.map((row) => row.from),
  parametersOf: (members) => readParameters(members, PARAMETERS),
  readAnswer,
});

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
