import type { JsonValue } from '../body/json.ts';
import { asObject, asText, isObject, toJson } from '../body/json-access.ts';

/** Tool definitions in the conventions' form, from those of chat (nested in `function`), responses (flat) and Anthropic (`input_schema`). */
export function readToolDefinitions(tools: readonly unknown[]): JsonValue[] {
  const definitions: JsonValue[] = [];
  for (const tool of tools) {
    if (!isObject(tool)) continue;
    const type = asText(tool['type']) ?? 'function';
    const inner = asObject(tool['function']) ?? asObject(tool['custom']) ?? tool;
    const description = asText(inner['description']);
    const parameters = inner['parameters'] ?? inner['input_schema'] ?? inner['parametersJsonSchema'];
    definitions.push({
      type,
      name: asText(inner['name']) ?? type,
      ...(description !== undefined && { description }),
      ...(isObject(parameters) && { parameters: toJson(parameters) }),
    });
  }
  return definitions;
}
