import type { JsonValue } from '../body/json.ts';
import { asList, asObject, asText, isObject, type JsonObject, toJson } from '../body/json-access.ts';
import { blobPart, modalityOf } from './media-part.ts';

/** Gemini's contents in the conventions' form: a list of contents, one content, or, from the SDK, a text. */
export function readContents(contents: unknown): JsonValue[] {
  if (typeof contents === 'string') return [{ role: 'user', parts: [{ type: 'text', content: contents }] }];
  const list = Array.isArray(contents) ? asList(contents) : [contents];
  const messages: JsonValue[] = [];
  for (const content of list) {
    if (typeof content === 'string') messages.push({ role: 'user', parts: [{ type: 'text', content }] });
    else if (isObject(content)) messages.push({ role: content['role'] === 'model' ? 'assistant' : (asText(content['role']) ?? 'user'), parts: readParts(content['parts'] ?? [content]) });
  }
  return messages;
}

/** Parts in the conventions' form. */
export function readParts(parts: unknown): JsonValue[] {
  const list = Array.isArray(parts) ? asList(parts) : [parts];
  return list.flatMap((part) => (typeof part === 'string' ? [{ type: 'text', content: part }] : isObject(part) ? [partOf(part)] : []));
}

/** The functions that tools declare; a built-in tool is given by its name. */
export function readDeclarations(tools: unknown): JsonValue[] {
  const definitions: JsonValue[] = [];
  for (const tool of asList(tools)) {
    if (!isObject(tool)) continue;
    const declarations = tool['functionDeclarations'] ?? tool['function_declarations'];
    if (declarations === undefined) for (const name of Object.keys(tool)) definitions.push({ type: name, name });
    for (const declaration of asList(declarations)) {
      if (!isObject(declaration)) continue;
      const description = asText(declaration['description']);
      const parameters = declaration['parametersJsonSchema'] ?? declaration['parameters'];
      definitions.push({
        type: 'function',
        name: asText(declaration['name']) ?? '',
        ...(description !== undefined && { description }),
        ...(isObject(parameters) && { parameters: toJson(parameters) }),
      });
    }
  }
  return definitions;
}

function partOf(part: JsonObject): JsonValue {
  const text = asText(part['text']);
  if (text !== undefined) return { type: part['thought'] === true ? 'reasoning' : 'text', content: text };
  const call = asObject(part['functionCall']) ?? asObject(part['function_call']);
  if (call !== undefined) return { type: 'tool_call', ...idOf(call), name: asText(call['name']) ?? '', arguments: toJson(call['args'] ?? {}) };
  const response = asObject(part['functionResponse']) ?? asObject(part['function_response']);
  if (response !== undefined) return { type: 'tool_call_response', ...idOf(response), response: toJson(response['response'] ?? null) };
  const blob = asObject(part['inlineData']) ?? asObject(part['inline_data']);
  if (blob !== undefined) {
    const mimeType = asText(blob['mimeType']) ?? asText(blob['mime_type']);
    return blobPart(modalityOf(mimeType), blob['data'], mimeType);
  }
  const file = asObject(part['fileData']) ?? asObject(part['file_data']);
  if (file !== undefined) return { type: 'uri', modality: modalityOf(asText(file['mimeType']) ?? asText(file['mime_type'])), uri: asText(file['fileUri']) ?? asText(file['file_uri']) ?? '' };
  return { type: 'generic', generic_type: Object.keys(part)[0] ?? 'unknown' };
}

function idOf(source: JsonObject): { id?: string } {
  const id = asText(source['id']);
  return id === undefined ? {} : { id };
}
