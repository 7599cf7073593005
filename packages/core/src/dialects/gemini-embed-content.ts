import { asCount, asList, asObject, isObject, type JsonObject } from '../body/json-access.ts';
import type { AnswerDraft } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import type { Dialect } from './dialect.ts';
import { documentDialect } from './document-dialect.ts';
import { readGeminiUsage } from './gemini-usage.ts';
import { readProviderError } from './provider-error.ts';
import type { Parameters } from './request-parameters.ts';
import { decodeSegment } from './url-segment.ts';
import { sum, usageOf } from './usage.ts';
import { dimensionsOf } from './vectors.ts';

/** The Gemini API's methods, and Vertex AI's older one, which serves models of every kind: by the model's name it is an embedding. */
const PATH = /(?:^|\/)(?:(?:models|tunedModels|endpoints)\/([^/:]+):(?:embedContent|batchEmbedContents)|publishers\/google\/models\/([^/:]*embedding[^/:]*):predict)$/;

/** Gemini's embeddings, and those of Vertex AI. There are no streams. */
export const geminiEmbedContent: Dialect = documentDialect({
  id: 'gemini.embed_content',
  operation: 'embeddings',
  path: PATH,
  wanted: ['outputDimensionality', 'requests', 'parameters', 'embedContentConfig', 'config'],
  within: ['outputDimensionality'],
  modelOf(told, url) {
    const [, ofGemini, ofVertex] = PATH.exec(url?.pathname ?? '') ?? [];
    const named = ofGemini ?? ofVertex;
    return named === undefined ? told?.replace(/^.*\//, '') : decodeSegment(named);
  },
  parametersOf,
  readAnswer,
});

/** The number of dimensions, wherever the API, or the SDK's method, has it. */
function parametersOf(members: JsonObject): Parameters {
  const settings = [members, members['config'], members['embedContentConfig'], members['parameters'], asList(members['requests'])[0]];
  const dimensions = settings.map((setting) => asCount(asObject(setting)?.['outputDimensionality'])).find((count) => count !== undefined);
  return dimensions === undefined ? {} : { [names.EMBEDDINGS_DIMENSION_COUNT]: dimensions };
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
