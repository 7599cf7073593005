import { asText, isObject } from '../body/json-access.ts';
import type { AnswerDraft } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import type { Dialect } from './dialect.ts';
import { documentDialect } from './document-dialect.ts';
import { readProviderError } from './provider-error.ts';
import { decodeSegment } from './url-segment.ts';
import { dimensionsOf } from './vectors.ts';

/** Of a model, or of one that is told its task. Any service has paths like these: see {@link Dialect.spokenBy}. */
const TASK = /(?:^|\/)models\/((?:[^/]+\/)?[^/]+?)(?:\/pipeline\/(?!feature-extraction$)[a-z-]+)?$/;
const EMBEDDING = /(?:^|\/)models\/((?:[^/]+\/)?[^/]+)\/pipeline\/feature-extraction$/;

/** By these an answer to one of the tasks is known, whichever that is. */
const TOLD: ReadonlySet<string> = new Set([
  'aggregator', 'answer', 'audio', 'blob', 'box', 'generated_text', 'image', 'label', 'labels', 'mask', 'score', 'sequence', 'summary_text', 'text', 'token_str', 'translation_text', 'word',
]);
/** Lists within lists: of vectors, one for each text or for each of its tokens. */
const DEEPEST = 3;

/** Hugging Face's tasks: a model is asked to do what it was made for, which nobody tells. It may answer with media. There are no streams. */
export const huggingfaceTask: Dialect = documentDialect({
  id: 'huggingface.task',
  operation: 'prediction',
  spokenBy: 'hugging_face',
  answersRaw: true,
  path: TASK,
  wanted: [],
  modelOf: (_told, url) => modelIn(TASK, url),
  readAnswer(value, draft) {
    if (isTold(value)) draft.recognised = true;
    else draft.error ??= readProviderError(value);
  },
});

/** Hugging Face's feature extraction: vectors and nothing else. There are no streams. */
export const huggingfaceFeatureExtraction: Dialect = documentDialect({
  id: 'huggingface.feature_extraction',
  operation: 'embeddings',
  spokenBy: 'hugging_face',
  path: EMBEDDING,
  wanted: [],
  modelOf: (_told, url) => modelIn(EMBEDDING, url),
  readAnswer: readVectors,
});

function modelIn(path: RegExp, url: URL | undefined): string | undefined {
  const model = url && path.exec(url.pathname.replace(/\/$/, ''))?.[1];
  return model === undefined ? undefined : decodeSegment(model);
}

function isTold(value: unknown, depth = 0): boolean {
  if (Array.isArray(value)) return depth < DEEPEST && value.every((item) => typeof item === 'number' || isTold(item, depth + 1));
  return isObject(value) && asText(value['error']) === undefined && Object.keys(value).some((name) => TOLD.has(name));
}

function readVectors(value: unknown, draft: AnswerDraft): void {
  let vector = value;
  for (let depth = 0; depth < DEEPEST && Array.isArray(vector) && Array.isArray(vector[0]); depth++) vector = vector[0];
  // An empty one is the skeleton's of many numbers.
  if (!Array.isArray(vector) || !vector.every((item) => typeof item === 'number')) {
    draft.error ??= readProviderError(value);
    return;
  }
  draft.recognised = true;
  const dimensions = dimensionsOf(vector);
  if (dimensions !== undefined) draft.attributes[names.EMBEDDINGS_DIMENSION_COUNT] = dimensions;
}
