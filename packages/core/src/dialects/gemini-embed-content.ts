import { asCount, asList, asObject, asText, isObject, type JsonObject } from '../body/json-access.ts';
import type { AnswerDraft } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import type { Dialect, RequestFacts } from './dialect.ts';
import { DocumentReader, readDocument } from './document-reader.ts';
import { readGeminiUsage } from './gemini-usage.ts';
import { readProviderError } from './provider-error.ts';
import { readRequestBody } from './request-body.ts';
import { decodeSegment } from './url-segment.ts';
import { sum, usageOf } from './usage.ts';
import { dimensionsOf } from './vectors.ts';

/** The Gemini API's methods, and Vertex AI's older one, which serves models of every kind: by the model's name it is an embedding. */
const PATH = /(?:^|\/)(?:(?:models|tunedModels|endpoints)\/([^/:]+):(?:embedContent|batchEmbedContents)|publishers\/google\/models\/([^/:]*embedding[^/:]*):predict)$/;
const WITHIN: ReadonlySet<string> = new Set(['outputDimensionality']);
const WANTED: ReadonlySet<string> = new Set(['model', 'outputDimensionality', 'requests', 'parameters', 'embedContentConfig', 'config']);

/** Gemini's embeddings, and those of Vertex AI. There are no streams. */
export const geminiEmbedContent: Dialect = {
  id: 'gemini.embed_content',
  operation: 'embeddings',
  matches: (method, path) => method === 'POST' && PATH.test(path),

  readRequest(url, body) {
    const [, ofGemini, ofVertex] = PATH.exec(url.pathname) ?? [];
    const facts = readMembers(readRequestBody(body, WANTED, WITHIN).members);
    const model = ofGemini ?? ofVertex;
    return model === undefined ? facts : { ...facts, model: decodeSegment(model) };
  },
  readRequestParameters: readMembers,
  readAnswer: (body) => readDocument(body, readAnswer),
  needsEveryEvent: () => false,
  readEvents: () => new DocumentReader(readAnswer),
  // The conventions have no place for the input of an embedding.
  readContent: () => ({}),
};

/** Reads a request's members, or the parameters of the SDK's method, which have `config`. */
function readMembers(members: JsonObject): RequestFacts {
  const model = asText(members['model'])?.replace(/^.*\//, '');
  const settings = [members, members['config'], members['embedContentConfig'], members['parameters'], asList(members['requests'])[0]];
  const dimensions = settings.map((setting) => asCount(asObject(setting)?.['outputDimensionality'])).find((count) => count !== undefined);
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
  // Vertex AI's: what is predicted is a vector each, and what it took.
  const predicted = asList(body?.['predictions']).map((prediction) => asObject(asObject(prediction)?.['embeddings'])).filter(isObject);
  const vectors = [body?.['embedding'], ...asList(body?.['embeddings']), ...predicted].filter(isObject);
  const isAnswer = body !== undefined && (vectors.length > 0 || Array.isArray(body['embeddings']));
  if (!isAnswer) draft.error ??= readProviderError(value);
  if (body === undefined || !isAnswer) return;
  draft.recognised = true;
  const counted = predicted.map((vector) => asCount(asObject(vector['statistics'])?.['token_count']));
  draft.usage ??= readGeminiUsage(body['usageMetadata']) ?? usageOf({ input: sum(...counted) });
  const dimensions = dimensionsOf(vectors[0]?.['values']);
  if (dimensions !== undefined) draft.attributes[names.EMBEDDINGS_DIMENSION_COUNT] = dimensions;
}
