import { asList, asObject, asText, isObject } from '../body/json-access.ts';
import type { AnswerDraft } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import type { Dialect } from './dialect.ts';
import { documentDialect } from './document-dialect.ts';
import { readOpenaiUsage } from './openai-usage.ts';
import { readProviderError } from './provider-error.ts';
import { type ParameterRow, readParameters } from './request-parameters.ts';
import { deploymentIn } from './url-segment.ts';
import { dimensionsOf } from './vectors.ts';

const PATH = /(?:^|\/)embeddings$/;
const PARAMETERS: readonly ParameterRow[] = [
  { from: 'encoding_format', to: names.REQUEST_ENCODING_FORMATS, as: 'texts' },
  { from: 'dimensions', to: names.EMBEDDINGS_DIMENSION_COUNT, as: 'integer' },
];

/** OpenAI embeddings, which most compatible providers speak too. There are no streams. */
export const openaiEmbeddings: Dialect = documentDialect({
  id: 'openai.embeddings',
  operation: 'embeddings',
  path: PATH,
  sharedPaths: { bodies: [['input']] },
  wanted: PARAMETERS.map((row) => row.from),
  modelOf: (told, url) => told ?? deploymentIn(url),
  parametersOf: (members) => readParameters(members, PARAMETERS),
  readAnswer,
});

function readAnswer(value: unknown, draft: AnswerDraft): void {
  draft.error ??= readProviderError(value);
  const body = asObject(value);
  if (body === undefined) return;
  draft.recognised ||= Array.isArray(body['data']) && asList(body['data']).every(isObject);
  draft.id ??= asText(body['id']);
  draft.model ??= asText(body['model']);
  draft.usage ??= readOpenaiUsage(body['usage']);
  const dimensions = dimensionsOf(asObject(asList(body['data'])[0])?.['embedding']);
  if (dimensions !== undefined) draft.attributes[names.EMBEDDINGS_DIMENSION_COUNT] = dimensions;
}
