import { asList, asObject, asText, isObject } from '../body/json-access.ts';
import type { AnswerDraft } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import { bothSpellings, readCohereUsage } from './cohere-shared.ts';
import type { Dialect } from './dialect.ts';
import { documentDialect } from './document-dialect.ts';
import { readProviderError } from './provider-error.ts';
import { type ParameterRow, readParameters } from './request-parameters.ts';
import { dimensionsOf } from './vectors.ts';

/** Pages that embed things have this path: see {@link Dialect.spokenBy}. */
const PATH = /(?:^|\/)v[12]\/embed$/;
const PARAMETERS: readonly ParameterRow[] = bothSpellings([
  { from: 'embedding_types', to: names.REQUEST_ENCODING_FORMATS, as: 'texts' },
  { from: 'output_dimension', to: names.EMBEDDINGS_DIMENSION_COUNT, as: 'integer' },
]);
/** Eight dimensions a number. */
const PACKED: ReadonlySet<string> = new Set(['binary', 'ubinary']);

/** Cohere's embed, versions 1 and 2. There are no streams. */
export const cohereEmbed: Dialect = documentDialect({
  id: 'cohere.embed',
  operation: 'embeddings',
  spokenBy: 'cohere',
  path: PATH,
  wanted: PARAMETERS.map((row) => row.from),
  parametersOf: (members) => readParameters(members, PARAMETERS),
  readAnswer,
});

function readAnswer(value: unknown, draft: AnswerDraft): void {
  const body = asObject(value);
  const embeddings = body?.['embeddings'];
  const isAnswer = Array.isArray(embeddings) || isObject(embeddings);
  if (!isAnswer) draft.error ??= readProviderError(value);
  // The id of an error is the request's.
  if (body === undefined || draft.error !== undefined) return;
  draft.id ??= asText(body['id']);
  if (!isAnswer) return;
  draft.recognised = true;
  draft.usage ??= readCohereUsage(body['meta']);
  // Version 1 lists the vectors; version 2 has a list for each of their types.
  const [type, vectors] = isObject(embeddings) ? (Object.entries(embeddings).find(([, list]) => Array.isArray(list) && list.length > 0) ?? []) : ['float', embeddings];
  const dimensions = dimensionsOf(asList(vectors)[0]);
  if (dimensions !== undefined && type !== undefined) draft.attributes[names.EMBEDDINGS_DIMENSION_COUNT] = dimensions * (PACKED.has(type) ? 8 : 1);
}
