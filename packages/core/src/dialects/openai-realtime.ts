import { asList, asObject, asText, isObject, type JsonObject, parseJson } from '../body/json-access.ts';
import * as names from './attribute-names.ts';
import type { AnswerFacts, Dialect, EventReader, ReadOptions, RequestFacts, StreamEvent } from './dialect.ts';
import { openaiResponses, ResponsesReader } from './openai-responses.ts';
import { offersTools } from './request-body.ts';
import { type ParameterRow, readParameters } from './request-parameters.ts';

const PARAMETERS: readonly ParameterRow[] = [
  { from: 'max_output_tokens', to: names.REQUEST_MAX_TOKENS, as: 'integer' },
  // Its name in the beta.
  { from: 'max_response_output_tokens', to: names.REQUEST_MAX_TOKENS, as: 'integer' },
  { from: 'temperature', to: names.REQUEST_TEMPERATURE, as: 'number' },
];

/** Events by the names of the responses API, whose events they are otherwise; audio is not read, its transcript is the text. */
const AS_RESPONSES: ReadonlyMap<string, string> = new Map([
  ['response.text.delta', 'response.output_text.delta'],
  ['response.audio_transcript.delta', 'response.output_text.delta'],
  ['response.output_audio_transcript.delta', 'response.output_text.delta'],
]);

/**
 * OpenAI's realtime API: events over a WebSocket, by which a session answers with one response after another. A request is a
 * client's `response.create`, with the session's model among its members; what is read as a stream is one response's events.
 */
export const openaiRealtime: Dialect = {
  id: 'openai.realtime',
  operation: 'chat',
  // It comes over sockets, which no single request stands for.
  matches: () => false,
  readRequest: () => readResponseCreate({}),
  readRequestParameters: readResponseCreate,
  readAnswer: (body, options) => openaiResponses.readAnswer(body, options),
  needsEveryEvent: () => true,
  readEvents: (_request, options) => new RealtimeReader(options),
  readContent: (body) => openaiResponses.readContent(body),
};

function readResponseCreate(members: Readonly<Record<string, unknown>>): RequestFacts {
  const parameters = readParameters(members, PARAMETERS);
  const modalities = asList(members['output_modalities'] ?? members['modalities']);
  if (modalities.includes('audio')) parameters[names.OUTPUT_TYPE] = 'speech';
  else if (modalities.includes('text')) parameters[names.OUTPUT_TYPE] = 'text';
  const model = asText(members['model']);
  return { operation: 'chat', stream: true, parameters, ...(model !== undefined && { model }), ...(members['tools'] !== undefined && { offersTools: offersTools([members['tools']], true) === true }) };
}

/** Reads one response's events as those of the responses API, and what is particular to sessions. */
class RealtimeReader implements EventReader {
  readonly #responses: ResponsesReader;
  #model: string | undefined;
  #conversation: string | undefined;

  constructor(options: ReadOptions) {
    this.#responses = new ResponsesReader(options);
  }

  push({ data }: StreamEvent): boolean {
    const parsed = parseJson(data);
    if (!isObject(parsed?.value)) return false;
    this.pushParsed(parsed.value);
    return true;
  }

  pushParsed(event: unknown): void {
    if (!isObject(event)) return;
    const type = asText(event['type']) ?? '';
    if (type.startsWith('session.')) {
      this.#model = asText(asObject(event['session'])?.['model']) ?? this.#model;
      return;
    }
    const response = asObject(event['response']);
    if (response === undefined) {
      const known = AS_RESPONSES.get(type);
      this.#responses.pushParsed(known === undefined ? event : { ...event, type: known });
      return;
    }
    this.#conversation = asText(response['conversation_id']) ?? this.#conversation;
    const status = asText(response['status']) ?? 'completed';
    // One that was cancelled is no whole answer, whatever of it came.
    const over = type === 'response.done' && status !== 'cancelled';
    this.#responses.pushParsed({ type: over ? `response.${status}` : type, response: asResponse(response, status) });
  }

  get terminal(): boolean {
    return this.#responses.terminal;
  }

  facts(): AnswerFacts {
    const facts = this.#responses.facts();
    return {
      ...facts,
      // No response says by which model it was made: the session does.
      ...(facts.model === undefined && this.#model !== undefined && { model: this.#model }),
      attributes: { ...facts.attributes, ...(this.#conversation !== undefined && { [names.CONVERSATION_ID]: this.#conversation }) },
    };
  }
}

/** `status_details` says under one name what the responses API says under two. */
function asResponse(response: JsonObject, status: string): JsonObject {
  const details = asObject(response['status_details']);
  const { status_details: _, ...rest } = response;
  if (details === undefined) return rest;
  return { ...rest, ...(status === 'failed' && isObject(details['error']) && { error: details['error'] }), ...(status !== 'failed' && { incomplete_details: details }) };
}
