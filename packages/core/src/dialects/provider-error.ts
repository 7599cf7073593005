import { asCount, asObject, asText, isObject, type JsonObject, parseJson } from '../body/json-access.ts';
import type { ProviderError } from './dialect.ts';

/** An object of these alone is an error when it has a message. */
const BARE: ReadonlySet<string> = new Set(['id', 'message']);

/**
 * Reads an error envelope, whoever wrote it: a gateway in front of one provider may answer in the shape of another.
 * - OpenAI: `{error: {message, type, code, param}}`; Gemini: the same with `code` a number and `status` a word, sometimes in a list;
 *   Anthropic: `{type: 'error', error: {type, message}}`
 * - compatible providers: `{error: 'text'}`, `{object: 'error', message, code}`, `{message, code}`, FastAPI's `{detail}`
 * - Azure's API management: `{statusCode, message}`
 * - Ollama: `{error: 'text'}`; Cohere: `{message}`, or `{id, message}` of which the id is the request's
 *
 * @returns undefined when it is no error envelope
 */
export function readProviderError(body: unknown): ProviderError | undefined {
  const envelope = asObject(Array.isArray(body) ? body[0] : body);
  if (envelope === undefined) return undefined;
  const error = envelope['error'];
  if (isObject(error)) return describe(error);
  const text = asText(error);
  if (text !== undefined) return describe({ ...without(envelope, 'error'), message: asText(envelope['message']) ?? text, code: envelope['code'] ?? codeLike(text) });
  const detail = envelope['detail'];
  if (typeof detail === 'string' && detail !== '') return describe({ message: detail });
  if (isObject(detail)) return describe(detail);
  // FastAPI lists what is wrong with each field.
  if (Array.isArray(detail) && detail.length > 0) return describe({ message: asText(asObject(detail[0])?.['msg']), type: 'validation_error' });
  const isFlat = asText(envelope['message']) !== undefined && (envelope['object'] === 'error' || envelope['type'] === 'error' || 'code' in envelope || 'statusCode' in envelope || Object.keys(envelope).every((name) => BARE.has(name)));
  return isFlat ? describe(envelope['type'] === 'error' ? without(envelope, 'type') : envelope) : undefined;
}

/** Reads the object that describes an error. OpenRouter's says that a provider failed, and has the provider's own words in its metadata: those win. */
export function describe(error: JsonObject): ProviderError {
  const raw = asText(asObject(error['metadata'])?.['raw']);
  const outer = describeItself(error);
  if (raw === undefined) return outer;
  const inner = readProviderError(parseJson(raw)?.value) ?? { message: raw };
  return { ...outer, ...inner, ...(outer.status !== undefined && { status: outer.status }) };
}

function describeItself(error: JsonObject): ProviderError {
  const status = asText(error['status']);
  const number = asCount(error['code']) ?? asCount(error['status']) ?? asCount(error['statusCode']);
  const code = status ?? asText(error['code']) ?? (number === undefined ? undefined : String(number));
  const type = asText(error['type']);
  const message = asText(error['message']);
  return {
    ...(code !== undefined && { code }),
    ...(type !== undefined && { type }),
    ...(message !== undefined && { message }),
    ...(number !== undefined && number >= 100 && number <= 599 && { status: number }),
  };
}

/** A single word is a code; a sentence is a message. */
function codeLike(text: string): string | undefined {
  return /^[A-Za-z][\w.-]*$/.test(text) ? text : undefined;
}

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
