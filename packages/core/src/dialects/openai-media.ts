import { asCount, asList, asObject, asText, isObject, type JsonObject, parseJson } from '../body/json-access.ts';
import { isForm, readFormFields } from '../body/form-fields.ts';
import { AnswerDraft } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import type { AnswerFacts, Dialect, EventReader, RequestFacts, StreamEvent } from './dialect.ts';
import { readOpenaiUsage } from './openai-usage.ts';
import { readProviderError } from './provider-error.ts';
import { readRequestBody } from './request-body.ts';
import { deploymentIn } from './url-segment.ts';

const WANTED: ReadonlySet<string> = new Set(['model', 'n', 'response_format', 'stream', 'stream_format', 'temperature']);

/** What differs between OpenAI's endpoints beside text generation. */
interface Row {
  readonly id: Dialect['id'];
  readonly operation: Dialect['operation'];
  readonly path: RegExp;
  readonly bodies: NonNullable<Dialect['sharedPaths']>['bodies'];
  /** `gen_ai.output.type`, by what the request asks for. */
  readonly outputType?: (format: string | undefined) => string | undefined;
  /** Whether a document is an answer, and not something foreign. */
  readonly isAnswer: (body: JsonObject) => boolean;
  /** The type of the event that ends a stream. */
  readonly lastEvent?: RegExp;
  /** Its healthy answers need not be JSON. */
  readonly answersRaw?: true;
}

function define(row: Row): Dialect {
  const { id, operation, path, bodies, answersRaw } = row;
  const readMembers = (members: JsonObject): RequestFacts => factsOf(row, members);
  return {
    id,
    operation,
    sharedPaths: { bodies },
    ...(answersRaw && { answersRaw }),
    matches: (method, pathname) => method === 'POST' && path.test(pathname),
    readRequest(url, body) {
      const facts = readMembers(body !== undefined && isForm(body) ? readFormFields(body, WANTED) : readRequestBody(body, WANTED).members);
      const model = facts.model ?? deploymentIn(url);
      return model === undefined ? facts : { ...facts, model };
    },
    readRequestParameters: readMembers,
    readAnswer(body) {
      const reader = new MediaReader(row);
      reader.pushParsed(body);
      return reader.facts();
    },
    // The events between the first and the last hold media, or pieces of text.
    needsEveryEvent: () => false,
    readEvents: () => new MediaReader(row),
    // The conventions' messages have no place for a file that is transcribed, or for a prompt of an image.
    readContent: () => ({}),
  };
}

function factsOf({ operation, outputType }: Row, members: JsonObject): RequestFacts {
  const model = asText(members['model']);
  const type = outputType?.(asText(members['response_format']));
  const count = asNumber(members['n']);
  const temperature = asNumber(members['temperature']);
  return {
    operation,
    // A form has texts only.
    stream: members['stream'] === true || members['stream'] === 'true' || members['stream_format'] === 'sse',
    offersTools: false,
    parameters: {
      ...(type !== undefined && { [names.OUTPUT_TYPE]: type }),
      ...(Number.isSafeInteger(count) && count !== undefined && count !== 1 && { [names.REQUEST_CHOICE_COUNT]: count }),
      ...(temperature !== undefined && { [names.REQUEST_TEMPERATURE]: temperature }),
    },
    ...(model !== undefined && { model }),
  };
}

function asNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

class MediaReader implements EventReader {
  readonly #draft = new AnswerDraft();
  readonly #row: Row;
  #ended = false;

  constructor(row: Row) {
    this.#row = row;
  }

  push({ data }: StreamEvent): boolean {
    const parsed = parseJson(data);
    if (parsed !== undefined) this.pushParsed(parsed.value);
    return parsed !== undefined;
  }

  pushParsed(event: unknown): void {
    const draft = this.#draft;
    draft.error ??= readProviderError(event);
    const body = asObject(event);
    if (body === undefined) return;
    const type = asText(body['type']);
    const isDocument = this.#row.isAnswer(body);
    draft.recognised ||= isDocument || type !== undefined;
    this.#ended ||= isDocument || (type !== undefined && this.#row.lastEvent?.test(type) === true);
    // Groq puts its id into an extension.
    draft.id ??= asText(body['id']) ?? asText(asObject(body['x_groq'])?.['id']);
    draft.model ??= asText(body['model']);
    draft.usage ??= readOpenaiUsage(body['usage']);
  }

  get terminal(): boolean {
    return this.#ended || this.#draft.error !== undefined;
  }

  facts(): AnswerFacts {
    return this.#draft.facts({ finishReasons: [], choices: 0, terminal: this.terminal, toolCalls: [], tokenLimited: false, filtered: false });
  }
}

/** OpenAI image generation, edits and variations. */
export const openaiImages: Dialect = define({
  id: 'openai.images',
  operation: 'generate_content',
  path: /(?:^|\/)images\/(?:generations|edits|variations)$/,
  bodies: [['prompt'], ['model']],
  outputType: () => 'image',
  isAnswer: (body) => Array.isArray(body['data']) && asList(body['data']).every(isObject) && (asCount(body['created']) !== undefined || asList(body['data']).length > 0),
  lastEvent: /^image_(?:generation|edit)\.completed$/,
});

/** OpenAI transcription of speech, and its translation: what is spoken, as text. */
export const openaiTranscriptions: Dialect = define({
  id: 'openai.transcriptions',
  operation: 'generate_content',
  path: /(?:^|\/)audio\/(?:transcriptions|translations)$/,
  bodies: [['model']],
  outputType: (format) => (format === undefined ? undefined : format.endsWith('json') ? 'json' : 'text'),
  isAnswer: (body) => typeof body['text'] === 'string' && body['type'] === undefined,
  lastEvent: /^transcript\.text\.done$/,
  answersRaw: true,
});

/** OpenAI speech: audio of a text. */
export const openaiSpeech: Dialect = define({
  id: 'openai.speech',
  operation: 'generate_content',
  path: /(?:^|\/)audio\/speech$/,
  bodies: [['input', 'voice'], ['input', 'model']],
  outputType: () => 'speech',
  isAnswer: () => false,
  lastEvent: /^speech\.audio\.done$/,
  answersRaw: true,
});

/** OpenAI moderations. The conventions have no such operation. */
export const openaiModerations: Dialect = define({
  id: 'openai.moderations',
  operation: 'moderation',
  path: /(?:^|\/)moderations$/,
  bodies: [['input']],
  // The beginning of one has its id alone.
  isAnswer: (body) => Array.isArray(body['results']) || asText(body['id'])?.startsWith('modr-') === true,
});
