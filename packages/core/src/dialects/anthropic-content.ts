import type { JsonValue } from '../body/json.ts';
import { asList, asObject, asText, isObject, type JsonObject, toJson } from '../body/json-access.ts';
import { blobPart } from './media-part.ts';

/** Anthropic's messages in the conventions' form. */
export function readMessages(messages: unknown): JsonValue[] {
  return asList(messages).filter(isObject).map((message) => ({ role: asText(message['role']) ?? 'user', parts: partsOf(message['content']) }));
}

/** The system prompt: a text, or a list of them. */
export function readSystem(system: unknown): JsonValue[] {
  return partsOf(system);
}

function partsOf(content: unknown): JsonValue[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', content }];
  return asList(content).filter(isObject).map(partOf);
}

function partOf(block: JsonObject): JsonValue {
  const id = asText(block['id']);
  switch (block['type']) {
    case 'text':
      return { type: 'text', content: asText(block['text']) ?? '' };
    case 'thinking':
      return { type: 'reasoning', content: asText(block['thinking']) ?? '' };
    case 'tool_use':
      return { type: 'tool_call', ...(id !== undefined && { id }), name: asText(block['name']) ?? '', arguments: toJson(block['input']) };
    case 'tool_result': {
      const callId = asText(block['tool_use_id']);
      return { type: 'tool_call_response', ...(callId !== undefined && { id: callId }), response: toJson(block['content']) };
    }
    case 'image':
    case 'document':
      return mediaOf(block['type'], asObject(block['source']) ?? {});
    default:
      return { type: 'generic', generic_type: asText(block['type']) ?? 'unknown' };
  }
}

function mediaOf(modality: 'image' | 'document', source: JsonObject): JsonValue {
  const mimeType = asText(source['media_type']);
  switch (source['type']) {
    case 'url':
      return { type: 'uri', modality, uri: asText(source['url']) ?? '' };
    case 'file':
      return { type: 'file', modality, file_id: asText(source['file_id']) ?? '' };
    default:
      return blobPart(modality, source['data'], mimeType);
  }
}
