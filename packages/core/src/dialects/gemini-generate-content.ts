import type { JsonValue } from '../body/json.ts';
import { asCount, asList, asObject, asText, isObject, type JsonObject, parseJson } from '../body/json-access.ts';
import { AnswerDraft, MOST_PARTS } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import { BoundedText } from './bounded-text.ts';
import type { AnswerFacts, Dialect, EventReader, ReadOptions, RequestContent, RequestFacts, StreamEvent } from './dialect.ts';
import { EventTemplate } from './event-template.ts';
import { readContents, readDeclarations, readParts } from './gemini-content.ts';
import { readGeminiUsage } from './gemini-usage.ts';
import { answerMedia } from './media-part.ts';
import { OutputText, promiseOf } from './output-text.ts';
import { readProviderError } from './provider-error.ts';
import { offersTools, readRequestBody } from './request-body.ts';
import { type ParameterRow, readParameters } from './request-parameters.ts';
import { ToolCallDraft } from './tool-call.ts';
import { decodeSegment } from './url-segment.ts';

/** The Gemini API and Vertex AI. Other publishers' models speak other dialects there. */
const PATH = /(?:^|\/)(?:models|tunedModels|endpoints)\/([^/:]+):(generateContent|streamGenerateContent)$/;
const OTHER_PUBLISHER = /\/publishers\/(?!google\/)/;

/** Settings that hold a schema of the output: in JSON Schema, or in OpenAPI's words. */
const SCHEMAS: readonly string[] = ['responseJsonSchema', '_responseJsonSchema', 'response_json_schema', 'responseSchema', 'response_schema'];

const PARAMETERS: readonly ParameterRow[] = [
  { from: 'maxOutputTokens', to: names.REQUEST_MAX_TOKENS, as: 'integer' },
  { from: 'temperature', to: names.REQUEST_TEMPERATURE, as: 'number' },
  { from: 'topP', to: names.REQUEST_TOP_P, as: 'number' },
  { from: 'topK', to: names.REQUEST_TOP_K, as: 'integer' },
  { from: 'frequencyPenalty', to: names.REQUEST_FREQUENCY_PENALTY, as: 'number' },
  { from: 'presencePenalty', to: names.REQUEST_PRESENCE_PENALTY, as: 'number' },
  { from: 'stopSequences', to: names.REQUEST_STOP_SEQUENCES, as: 'texts' },
  { from: 'seed', to: names.REQUEST_SEED, as: 'integer' },
];
/** Protocol buffers' JSON takes both spellings. */
const SPELLINGS: readonly ParameterRow[] = PARAMETERS.flatMap((row) => [{ ...row, from: snakeCase(row.from) }, row]);
const OTHER_SETTINGS = ['candidateCount', 'responseMimeType', 'responseModalities', 'thinkingConfig'] as const;
const WITHIN: ReadonlySet<string> = new Set([...SPELLINGS.map((row) => row.from), ...OTHER_SETTINGS.flatMap((name) => [name, snakeCase(name)]), 'thinkingLevel']);
const WANTED: ReadonlySet<string> = new Set(['model', 'generationConfig', 'generation_config', 'tools']);

/** In these the text events of one stream differ. Each counts, and the last one's counts hold. */
const VARYING = ['text', 'promptTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount', 'totalTokenCount', 'tokenCount'] as const;

const FILTERS: ReadonlySet<string> = new Set(['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'IMAGE_SAFETY', 'IMAGE_PROHIBITED_CONTENT', 'IMAGE_RECITATION', 'MODEL_ARMOR']);
/** The caller's own limit, and the provider's for a request, after which the rest may be asked for. */
const TOKEN_LIMITS: ReadonlySet<string> = new Set(['MAX_TOKENS', 'CONTINUATION']);
/** The finish reason that claims a whole text. */
const WHOLE = 'STOP';
const UNSAID = 'FINISH_REASON_UNSPECIFIED';
const MALFORMED_CALL = 'MALFORMED_FUNCTION_CALL';

/** Gemini's generateContent, unary, as events and as a JSON array. */
export const geminiGenerateContent: Dialect = {
  id: 'gemini.generate_content',
  operation: 'generate_content',
  streamsDocuments: true,

  matches: (method, path) => method === 'POST' && PATH.test(path) && !OTHER_PUBLISHER.test(path),

  readRequest(url, body) {
    const { members, whole } = readRequestBody(body, WANTED, WITHIN);
    const facts = readRequestMembers(members, whole);
    const [, model, verb] = PATH.exec(url.pathname) ?? [];
    return {
      ...facts,
      stream: verb === 'streamGenerateContent',
      ...(model !== undefined && { model: decodeSegment(model) }),
    };
  },
  readRequestParameters: (parameters) => readRequestMembers(parameters, true),

  readAnswer(body, options) {
    const reader = new GeminiReader(1, options, true);
    // A stream's JSON array, collected.
    if (Array.isArray(body)) for (const element of body) reader.pushParsed(element);
    else reader.pushParsed(body);
    return reader.facts();
  },

  needsEveryEvent: (request) => request.offersTools !== false || (request.choices ?? 1) > 1 || request.promised !== undefined,
  readEvents: (request, options) => new GeminiReader(request.choices ?? 1, options, false),

  readContent(body): RequestContent {
    const request = asObject(body) ?? {};
    const inputMessages = readContents(request['contents'] ?? request['content']);
    const system = request['systemInstruction'] ?? request['system_instruction'] ?? asObject(request['config'])?.['systemInstruction'];
    const systemInstructions = typeof system === 'string' ? [{ type: 'text', content: system }] : readParts(asObject(system)?.['parts'] ?? system);
    const outputSchema = asObject(SCHEMAS.map((name) => configOf(request)[name]).find((schema) => schema !== undefined));
    const toolDefinitions = readDeclarations(request['tools'] ?? asObject(request['config'])?.['tools']);
    return {
      ...(inputMessages.length > 0 && { inputMessages }),
      ...(systemInstructions.length > 0 && { systemInstructions }),
      ...(toolDefinitions.length > 0 && { toolDefinitions }),
      ...(outputSchema !== undefined && { outputSchema }),
    };
  },
};

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The request's settings, which the SDK's methods have in `config`. */
function configOf(members: JsonObject): JsonObject {
  return asObject(members['generationConfig']) ?? asObject(members['generation_config']) ?? asObject(members['config']) ?? {};
}

/** Reads a request's members, or the parameters of the SDK's methods, which have `config` in place of `generationConfig`. */
function readRequestMembers(members: JsonObject, whole: boolean): RequestFacts {
  const config = configOf(members);
  const setting = (name: (typeof OTHER_SETTINGS)[number]): unknown => config[name] ?? config[snakeCase(name)];
  const parameters = readParameters(config, SPELLINGS);
  const level = asText(asObject(setting('thinkingConfig'))?.['thinkingLevel']);
  if (level !== undefined) parameters[names.REQUEST_REASONING_LEVEL] = level;
  const outputType = outputTypeOf(asList(setting('responseModalities')), asText(setting('responseMimeType')));
  if (outputType !== undefined) parameters[names.OUTPUT_TYPE] = outputType;
  const promised = outputType === 'json' ? promiseOf(setting('responseMimeType')) : undefined;
  const choices = asCount(setting('candidateCount'));
  if (choices !== undefined && choices !== 1) parameters[names.REQUEST_CHOICE_COUNT] = choices;

  const model = asText(members['model'])?.replace(/^.*\//, '');
  const tools = offersTools([members['tools'], config['tools']], whole);
  return {
    operation: 'generate_content',
    // On the wire the path tells; an SDK's parameters have it as a member.
    stream: members['stream'] === true,
    parameters,
    ...(model !== undefined && { model }),
    ...(choices !== undefined && choices !== 1 && { choices }),
    ...(tools !== undefined && { offersTools: tools }),
    ...(promised !== undefined && { promised }),
  };
}

function outputTypeOf(modalities: readonly unknown[], mimeType: string | undefined): string | undefined {
  if (modalities.includes('AUDIO')) return 'speech';
  if (modalities.includes('IMAGE')) return 'image';
  return mimeType === 'application/json' ? 'json' : mimeType === 'text/plain' ? 'text' : undefined;
}

interface Candidate {
  finish: string | undefined;
  /** Whether nothing came behind the finish reason: more parts undo it. */
  over: boolean;
  readonly calls: ToolCallDraft[];
  readonly text: BoundedText;
  readonly reasoning: BoundedText;
  /** Files, only where content is kept. */
  readonly media: JsonValue[];
  /** Where JSON was promised. */
  readonly output: OutputText | undefined;
}

/** Gathers chunks of a stream, or the one document of a unary answer, which has the same shape. */
class GeminiReader implements EventReader {
  readonly #draft = new AnswerDraft();
  readonly #candidates = new Map<number, Candidate>();
  readonly #expected: number;
  readonly #contentBytes: number;
  readonly #promised: ReadOptions['promised'];
  readonly #document: boolean;
  #blocked = false;
  #template = new EventTemplate(VARYING);
  /** The last event that was not parsed. */
  #skimmed: string | undefined;

  constructor(expected: number, options: ReadOptions, document: boolean) {
    this.#expected = expected;
    this.#contentBytes = options.contentBytes;
    this.#promised = options.promised;
    this.#document = document;
  }

  push({ data }: StreamEvent): boolean {
    if (this.#template.matches(data)) {
      this.#skimmed = data;
      return true;
    }
    const parsed = parseJson(data);
    if (parsed === undefined || (!isObject(parsed.value) && !Array.isArray(parsed.value))) return false;
    this.pushParsed(parsed.value);
    if (this.#isText(parsed.value)) this.#template.learn(data);
    return true;
  }

  /** Whether an event is one more piece of text of the only candidate, after which another of its shape says nothing new but the tokens so far. */
  #isText(event: unknown): boolean {
    if (this.#contentBytes > 0 || this.#promised !== undefined || this.#expected > 1 || this.#draft.error !== undefined) return false;
    const chunk = asObject(event);
    const candidates = asList(chunk?.['candidates']);
    const candidate = asObject(candidates[0]);
    if (candidate === undefined || candidates.length > 1 || 'finishReason' in candidate || chunk?.['promptFeedback'] !== undefined) return false;
    return asList(asObject(candidate['content'])?.['parts']).every((part) => asObject(part)?.['text'] !== undefined);
  }

  pushParsed(event: unknown): void {
    const chunk = asObject(event);
    // Counts are cumulative: newer ones replace those that were passed over.
    if (chunk !== undefined && 'usageMetadata' in chunk) this.#skimmed = undefined;
    const draft = this.#draft;
    const isAnswer = chunk !== undefined && ('candidates' in chunk || 'usageMetadata' in chunk || 'promptFeedback' in chunk);
    if (!isAnswer || isObject(chunk['error'])) draft.error ??= readProviderError(event);
    if (!isAnswer) return;
    this.#readShell(chunk);
    if (asText(asObject(chunk['promptFeedback'])?.['blockReason']) !== undefined) this.#blocked = true;
    // An answer without a candidate has nothing in it, unless the prompt was blocked.
    if (this.#blocked) draft.recognised = true;
    for (const [position, candidate] of asList(chunk['candidates']).entries()) if (isObject(candidate)) this.#readCandidate(candidate, position);
  }

  /** What every chunk repeats. */
  #readShell(chunk: JsonObject): void {
    const draft = this.#draft;
    draft.id ??= asText(chunk['responseId']);
    draft.model ??= asText(chunk['modelVersion']);
    draft.usage = readGeminiUsage(chunk['usageMetadata']) ?? draft.usage;
  }

  #readCandidate(source: JsonObject, position: number): void {
    const index = asCount(source['index']) ?? position;
    let candidate = this.#candidates.get(index);
    if (candidate === undefined) {
      if (this.#candidates.size >= MOST_PARTS) return;
      candidate = { finish: undefined, over: false, calls: [], text: new BoundedText(this.#contentBytes), reasoning: new BoundedText(this.#contentBytes), output: OutputText.for(this.#promised), media: [] };
      this.#candidates.set(index, candidate);
    }
    const finish = asText(source['finishReason']);
    this.#draft.recognised = true;
    const parts = asList(asObject(source['content'])?.['parts']);
    if (finish !== undefined && finish !== UNSAID) {
      candidate.finish = finish;
      candidate.over = true;
      this.#template = new EventTemplate(VARYING);
    } else if (parts.some((part) => asObject(part)?.['text'] !== '')) candidate.over = false;
    for (const part of parts) if (isObject(part)) this.#readPart(candidate, part);
  }

  #readPart(candidate: Candidate, part: JsonObject): void {
    const text = asText(part['text']);
    if (text !== undefined) (part['thought'] === true ? candidate.reasoning : candidate.text).append(text);
    if (text !== undefined && part['thought'] !== true) candidate.output?.append(text);
    const file = asObject(part['inlineData']);
    if (file !== undefined && this.#contentBytes > 0 && candidate.media.length < MOST_PARTS) candidate.media.push(answerMedia(asText(file['data']) ?? '', this.#contentBytes, asText(file['mimeType'])));
    const source = asObject(part['functionCall']);
    if (source === undefined) return;
    const last = candidate.calls.at(-1);
    const name = asText(source['name']);
    // Arguments may be streamed as paths and values; the pieces after the first have no name, and the last one does not say that more follow.
    let call = name === undefined && last !== undefined && !last.ended ? last : undefined;
    if (call === undefined) {
      if (candidate.calls.length >= MOST_PARTS) return;
      call = new ToolCallDraft(this.#contentBytes);
      candidate.calls.push(call);
    }
    call.id ??= asText(source['id']);
    call.name ??= name;
    // They are sent as an object, so they parse by nature.
    if (isObject(source['args'])) call.replaceByValue(source['args']);
    call.ended = source['willContinue'] !== true;
  }

  /** There is no terminal event: a finish reason for every candidate, or a blocked prompt, is all that a stream says of its end. */
  get terminal(): boolean {
    if (this.#draft.error !== undefined || this.#blocked) return true;
    if (this.#document) return this.#draft.recognised;
    if (this.#candidates.size < Math.max(1, this.#expected)) return false;
    for (const candidate of this.#candidates.values()) if (!candidate.over) return false;
    return true;
  }

  facts(): AnswerFacts {
    if (this.#skimmed !== undefined) this.#readShell(asObject(parseJson(this.#skimmed)?.value) ?? {});
    this.#skimmed = undefined;
    const candidates = [...this.#candidates].toSorted(([a], [b]) => a - b).map(([, candidate]) => candidate);
    const finishReasons = candidates.map((candidate) => candidate.finish).filter((finish) => finish !== undefined);
    return this.#draft.facts({
      finishReasons,
      choices: candidates.length,
      terminal: this.terminal,
      tokenLimited: finishReasons.some((finish) => TOKEN_LIMITS.has(finish)),
      filtered: this.#blocked || finishReasons.some((finish) => FILTERS.has(finish)),
      brokenPromise: !this.#blocked && candidates.some(({ finish, calls, output }) => finish === WHOLE && calls.length === 0 && output?.broken === true),
      toolCalls: candidates.flatMap((candidate) => [
        ...candidate.calls.map((call) => call.facts(false)),
        // The call itself is not sent, only that there was one.
        ...(candidate.finish === MALFORMED_CALL ? [{ arguments: 'invalid' as const }] : []),
      ]),
      messages: this.#contentBytes > 0 ? candidates.map(toMessage) : undefined,
    });
  }
}

function toMessage({ finish, calls, media, text, reasoning }: Candidate): JsonValue {
  const parts: JsonValue[] = [];
  if (reasoning.text !== '') parts.push({ type: 'reasoning', content: reasoning.text });
  if (text.text !== '') parts.push({ type: 'text', content: text.text });
  parts.push(...media);
  for (const call of calls) parts.push(call.part());
  return { role: 'assistant', parts, finish_reason: finish ?? 'error' };
}
