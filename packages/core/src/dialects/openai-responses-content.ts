import type { JsonValue } from '../body/json.ts';
import { asList, asObject, asText, isObject, type JsonObject, toJson } from '../body/json-access.ts';
import { mediaPart } from './media-part.ts';
import { argumentsOf } from './openai-chat-content.ts';

/** The input of a response in the conventions' form: a text, or a list of messages, calls and their outputs. */
export function readInput(input: unknown): JsonValue[] {
  if (typeof input === 'string') return [{ role: 'user', parts: [{ type: 'text', content: input }] }];
  return asList(input).filter(isObject).map(messageOf);
}

/** The instructions of a response. */
export function readInstructions(instructions: unknown): JsonValue[] {
  return typeof instructions === 'string' && instructions !== '' ? [{ type: 'text', content: instructions }] : [];
}

function messageOf(item: JsonObject): JsonValue {
  const id = asText(item['call_id']);
  switch (item['type']) {
    case 'function_call':
    case 'custom_tool_call':
      return {
        role: 'assistant',
        parts: [{ type: 'tool_call', ...(id !== undefined && { id }), name: asText(item['name']) ?? '', arguments: argumentsOf(item['arguments'] ?? item['input'] ?? null) }],
      };
    case 'function_call_output':
    case 'custom_tool_call_output':
      return { role: 'tool', parts: [{ type: 'tool_call_response', ...(id !== undefined && { id }), response: toJson(item['output']) }] };
    case 'reasoning':
      return { role: 'assistant', parts: asList(item['summary']).map((part): JsonValue => ({ type: 'reasoning', content: asText(asObject(part)?.['text']) ?? '' })) };
    case 'message':
    case undefined:
      return { role: asText(item['role']) ?? 'user', parts: partsOf(item['content']) };
    default:
      return { role: asText(item['role']) ?? 'assistant', parts: [{ type: 'generic', generic_type: asText(item['type']) ?? 'unknown' }] };
  }
}

function partsOf(content: unknown): JsonValue[] {
  if (typeof content === 'string') return [{ type: 'text', content }];
  return asList(content).filter(isObject).map((part): JsonValue => {
    const fileId = asText(part['file_id']);
    switch (part['type']) {
      case 'input_text':
      case 'output_text':
      case 'text':
        return { type: 'text', content: asText(part['text']) ?? '' };
      case 'refusal':
        return { type: 'text', content: asText(part['refusal']) ?? '' };
      case 'input_image':
        return fileId === undefined ? mediaPart('image', asText(part['image_url'])) : { type: 'file', modality: 'image', file_id: fileId };
      case 'input_file':
        return fileId === undefined ? mediaPart('document', asText(part['file_url']) ?? asText(part['file_data'])) : { type: 'file', modality: 'document', file_id: fileId };
      default:
        return { type: 'generic', generic_type: asText(part['type']) ?? 'unknown' };
    }
  });
}
