import type { StepContent } from '@outspan/core';
import { isObject } from '@outspan/sdk-boundary';

type Messages = NonNullable<StepContent['inputMessages']>;
type Json = Messages[number];
type Part = Readonly<Record<string, unknown>>;

/** Parts of the SDK's messages in the conventions' form; the rest are media, of which only what kind they are is told. */
const PARTS: Readonly<Record<string, (part: Part) => Json>> = {
  text: ({ text }) => ({ type: 'text', content: json(text) }),
  reasoning: ({ text }) => ({ type: 'reasoning', content: json(text) }),
  'tool-call': ({ toolCallId, toolName, input }) => ({ type: 'tool_call', id: json(toolCallId), name: json(toolName), arguments: json(input) }),
  'tool-result': ({ toolCallId, output }) => ({ type: 'tool_call_response', id: json(toolCallId), response: json(output) }),
  'tool-error': ({ toolCallId }) => ({ type: 'tool_call_response', id: json(toolCallId), response: 'error' }),
};

/** The SDK's messages in the conventions' form. */
export function messagesOf(messages: unknown): Messages {
  if (!Array.isArray(messages)) return [];
  return messages.filter(isObject).map((message) => ({
    role: json(message['role']),
    parts: [...partsOf(message['content'])],
    ...(typeof message['finishReason'] === 'string' && { finish_reason: message['finishReason'] }),
  }));
}

/** The parts of a message, or of instructions, in the conventions' form. */
export function partsOf(content: unknown): Messages {
  if (typeof content === 'string') return [{ type: 'text', content }];
  if (isObject(content) && 'content' in content) return partsOf(content['content']);
  if (!Array.isArray(content)) return [];
  return content.filter(isObject).map((part) => PARTS[String(part['type'])]?.(part) ?? { type: 'generic', kind: json(part['type']) });
}

/** What JSON can say of it. */
function json(value: unknown): Json {
  const text = JSON.stringify(value);
  if (text === undefined) return null;
  const parsed: Json = JSON.parse(text);
  return parsed;
}
