import type { JsonValue } from '../body/json.ts';
import { asList, asObject, asText, isObject, type JsonObject, parseJson, toJson } from '../body/json-access.ts';
import { blobPart, mediaPart } from './media-part.ts';

/** Chat's messages in the conventions' form. */
export function readChatMessages(messages: unknown): JsonValue[] {
  return asList(messages).filter(isObject).map((message) => {
    const name = asText(message['name']);
    return { role: asText(message['role']) ?? 'user', parts: partsOf(message), ...(name !== undefined && { name }) };
  });
}

/** The prompt of a legacy completion. Prompts of token numbers are left out. */
export function readPrompt(prompt: unknown): JsonValue[] {
  const texts = typeof prompt === 'string' ? [prompt] : asList(prompt);
  return texts.filter((text) => typeof text === 'string').map((content) => ({ role: 'user', parts: [{ type: 'text', content }] }));
}

/** A function's arguments as the value that they mean, else as the text that they are. */
export function argumentsOf(text: unknown): JsonValue {
  if (typeof text !== 'string') return toJson(text);
  const parsed = parseJson(text);
  return parsed === undefined ? text : toJson(parsed.value);
}

function partsOf(message: JsonObject): JsonValue[] {
  const { content } = message;
  if (message['role'] === 'tool' || message['role'] === 'function') {
    const id = asText(message['tool_call_id']);
    return [{ type: 'tool_call_response', ...(id !== undefined && { id }), response: toJson(content) }];
  }
  const parts: JsonValue[] = [];
  if (typeof content === 'string') parts.push({ type: 'text', content });
  else for (const part of asList(content)) if (isObject(part)) parts.push(partOf(part));
  for (const call of asList(message['tool_calls'])) {
    if (!isObject(call)) continue;
    const inner = asObject(call['function']) ?? asObject(call['custom']) ?? {};
    const id = asText(call['id']);
    parts.push({ type: 'tool_call', ...(id !== undefined && { id }), name: asText(inner['name']) ?? '', arguments: argumentsOf(inner['arguments'] ?? inner['input'] ?? null) });
  }
  return parts;
}

function partOf(part: JsonObject): JsonValue {
  switch (part['type']) {
    case 'text':
      return { type: 'text', content: asText(part['text']) ?? '' };
    case 'refusal':
      return { type: 'text', content: asText(part['refusal']) ?? '' };
    case 'image_url':
      return mediaPart('image', asText(asObject(part['image_url'])?.['url']));
    case 'input_audio': {
      const audio = asObject(part['input_audio']);
      const format = asText(audio?.['format']);
      return blobPart('audio', audio?.['data'], format === undefined ? undefined : `audio/${format}`);
    }
    case 'file': {
      const fileId = asText(asObject(part['file'])?.['file_id']);
      return fileId === undefined ? mediaPart('document', asText(asObject(part['file'])?.['file_data'])) : { type: 'file', modality: 'document', file_id: fileId };
    }
    default:
      return { type: 'generic', generic_type: asText(part['type']) ?? 'unknown' };
  }
}
