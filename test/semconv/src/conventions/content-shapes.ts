import type { Value } from '../telemetry.ts';

/** What each part of a message has to have besides its type, by the conventions' JSON schemas of message content. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  text: ['content'],
  tool_call: ['name'],
  tool_call_response: ['response'],
  server_tool_call: ['name', 'server_tool_call'],
  server_tool_call_response: ['server_tool_call_response'],
  blob: ['modality', 'content'],
  file: ['modality', 'file_id'],
  uri: ['modality', 'uri'],
  reasoning: ['content'],
  compaction: [],
  generic: [],
};

type Json = Readonly<Record<string, Value>>;
type Fault = string;

/** What is wrong with the value of a content attribute; nothing, if it has the conventions' shape. */
export function contentFaults(attribute: string, value: Value): Fault[] {
  const shape = SHAPES[attribute];
  if (shape === undefined) return [];
  if (!isList(value)) return [`${attribute} is no list`];
  return value.flatMap((item, index) => shape(item, `${attribute}[${index}]`));
}

const SHAPES: Readonly<Record<string, (item: Value, at: string) => Fault[]>> = {
  'gen_ai.input.messages': (item, at) => messageFaults(item, at, false),
  // finish_reason was required before it was deprecated: to emit it satisfies both.
  'gen_ai.output.messages': (item, at) => messageFaults(item, at, true),
  'gen_ai.system_instructions': partFaults,
  'gen_ai.tool.definitions': (item, at) => missing(item, ['type', 'name'], at),
};

function messageFaults(item: Value, at: string, finished: boolean): Fault[] {
  const lacking = missing(item, ['role', ...(finished ? ['finish_reason'] : [])], at);
  if (!isObject(item)) return lacking;
  const parts = item['parts'];
  return isList(parts) ? [...lacking, ...parts.flatMap((part, index) => partFaults(part, `${at}.parts[${index}]`))] : [...lacking, `${at}.parts is no list`];
}

function partFaults(part: Value, at: string): Fault[] {
  const type = isObject(part) ? part['type'] : undefined;
  const needed = typeof type === 'string' && Object.hasOwn(PARTS, type) ? PARTS[type] : undefined;
  return needed === undefined ? [`${at} has no part type of the conventions: ${JSON.stringify(type)}`] : missing(part, needed, at);
}

function missing(item: Value, members: readonly string[], at: string): Fault[] {
  if (!isObject(item)) return [`${at} is no object`];
  return members.filter((member) => item[member] === undefined).map((member) => `${at} has no ${member}`);
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

function isObject(value: Value): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
