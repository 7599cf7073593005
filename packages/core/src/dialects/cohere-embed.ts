import { asCount, asList, asObject, asText, isObject, type JsonObject } from '../body/json-access.ts';
import type { AnswerDraft } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import { member, readCohereUsage } from './cohere-shared.ts';
import type { Dialect, RequestFacts } from './dialect.ts';
import { DocumentReader, readDocument } from './document-reader.ts';
import { readProviderError } from './provider-error.ts';
import { readRequestBody } from './request-body.ts';
import { dimensionsOf } from './vectors.ts';

/** Pages that embed things have this path: see {@link Dialect.spokenBy}. */
const PATH = /(?:^|\/)v[12]\/embed$/;
const WANTED: ReadonlySet<string> = new Set(['model', 'embedding_types', 'output_dimension']);
/** Eight dimensions a number. */
const PACKED: ReadonlySet<string> = new Set(['binary', 'ubinary']);

/** Cohere's embed, versions 1 and 2. There are no streams. */
export const cohereEmbed: Dialect = {
  id: 'cohere.embed',
  operation: 'embeddings',
  spokenBy: 'cohere',
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
  const formats = asList(member(members, 'embedding_types')).filter((format) => typeof format === 'string');
  const dimensions = asCount(member(members, 'output_dimension'));
  return {
    operation: 'embeddings',
    stream: false,
    offersTools: false,
    parameters: {
      ...(formats.length > 0 && { [names.REQUEST_ENCODING_FORMATS]: formats }),
      ...(dimensions !== undefined && { [names.EMBEDDINGS_DIMENSION_COUNT]: dimensions }),
    },
    ...(model !== undefined && { model }),
  };
}

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
