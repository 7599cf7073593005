import type { JsonValue } from '../body/json.ts';
import { asList, asObject, asText, isObject, type JsonObject, toJson } from '../body/json-access.ts';
import { blobPart } from './media-part.ts';

/** Converse's messages in the conventions' form. */
export function readConverseMessages(messages: unknown): JsonValue[] {
  return asList(messages).filter(isObject).map((message) => ({ role: asText(message['role']) ?? 'user', parts: readBlocks(message['content']) }));
}

/** A list of content blocks, or of system prompts. */
export function readBlocks(content: unknown): JsonValue[] {
  return asList(content).filter(isObject).map(partOf);
}

/** The tools of a `toolConfig`. */
export function readToolSpecs(toolConfig: unknown): JsonValue[] {
  return asList(asObject(toolConfig)?.['tools']).flatMap((tool) => {
    const spec = asObject(asObject(tool)?.['toolSpec']);
    if (spec === undefined) return [];
    const description = asText(spec['description']);
    const parameters = asObject(asObject(spec['inputSchema'])?.['json']);
    return [{ type: 'function', name: asText(spec['name']) ?? '', ...(description !== undefined && { description }), ...(parameters !== undefined && { parameters: toJson(parameters) }) }];
  });
}

/** A block is an object of one member, whose name says what it is. */
function partOf(block: JsonObject): JsonValue {
  const text = asText(block['text']);
  if (text !== undefined) return { type: 'text', content: text };
  const [kind = 'unknown', value] = Object.entries(block)[0] ?? [];
  const inner = asObject(value) ?? {};
  const id = asText(inner['toolUseId']);
  switch (kind) {
    case 'toolUse':
      return { type: 'tool_call', ...(id !== undefined && { id }), name: asText(inner['name']) ?? '', arguments: toJson(inner['input']) };
    case 'toolResult':
      return { type: 'tool_call_response', ...(id !== undefined && { id }), response: toJson(inner['content']) };
    case 'reasoningContent':
      return { type: 'reasoning', content: asText(asObject(inner['reasoningText'])?.['text']) ?? '' };
    case 'image':
    case 'video':
    case 'document':
      return mediaOf(kind, inner);
    default:
      return { type: 'generic', generic_type: kind };
  }
}

function mediaOf(modality: 'image' | 'video' | 'document', media: JsonObject): JsonValue {
  const source = asObject(media['source']) ?? {};
  const uri = asText(asObject(source['s3Location'])?.['uri']);
  if (uri !== undefined) return { type: 'uri', modality, uri };
  const format = asText(media['format']);
  // The SDK is given bytes; on the wire they are base64.
  return blobPart(modality, source['bytes'], format === undefined || modality === 'document' ? format : `${modality}/${format}`);
}
