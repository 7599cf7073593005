import { asCount, asList, asObject, asText, isObject, type JsonObject } from '../body/json-access.ts';
import type { AnswerDraft } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import type { Dialect, RequestFacts } from './dialect.ts';
import { DocumentReader, readDocument } from './document-reader.ts';
import { readOpenaiUsage } from './openai-usage.ts';
import { readProviderError } from './provider-error.ts';
import { readRequestBody } from './request-body.ts';
import { decodeSegment } from './url-segment.ts';
import { dimensionsOf } from './vectors.ts';

const PATH = /(?:^|\/)embeddings$/;
const DEPLOYMENT = /\/deployments\/([^/]+)\//;
const WANTED: ReadonlySet<string> = new Set(['model', 'encoding_format', 'dimensions']);

/** OpenAI embeddings, which most compatible providers speak too. There are no streams. */
export const openaiEmbeddings: Dialect = {
  id: 'openai.embeddings',
  operation: 'embeddings',
  matches: (method, path) => method === 'POST' && PATH.test(path),

  readRequest(url, body) {
    const facts = readMembers(readRequestBody(body, WANTED).members);
    const deployment = DEPLOYMENT.exec(url.pathname)?.[1];
    return facts.model === undefined && deployment !== undefined ? { ...facts, model: decodeSegment(deployment) } : facts;
  },
  readRequestParameters: readMembers,

  readAnswer: (body) => readDocument(body, readAnswer),
  needsEveryEvent: () => false,
  readEvents: () => new DocumentReader(readAnswer),
  // The conventions have no place for the input of an embedding.
  readContent: () => ({}),
};

function readMembers(members: JsonObject): RequestFacts {
  const model = asText(members['model']);
  const format = asText(members['encoding_format']);
  const dimensions = asCount(members['dimensions']);
  return {
    operation: 'embeddings',
    stream: false,
    offersTools: false,
    parameters: {
      ...(format !== undefined && { [names.REQUEST_ENCODING_FORMATS]: [format] }),
      ...(dimensions !== undefined && { [names.EMBEDDINGS_DIMENSION_COUNT]: dimensions }),
    },
    ...(model !== undefined && { model }),
  };
}

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
