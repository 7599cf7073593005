import type { AnyValue, Attributes } from '@opentelemetry/api';
import type { JsonValue } from '../body/json.ts';
import type { JsonObject } from '../body/json-access.ts';
import type { Settings } from '../config.ts';
import type { AnswerFacts, Dialect, RequestContent } from '../dialects/dialect.ts';
import { guard } from '../guard.ts';
import { withoutCredentials } from './credentials.ts';
import { ATTR } from './names.ts';

/** A request's content, kept until its operation ends. */
export type CapturedContent = RequestContent;

/** Reads a request's content, or nothing where the body is not to be had or not JSON. */
export function readContent(dialect: Dialect, body: () => unknown): CapturedContent | undefined {
  let parsed: unknown;
  try {
    parsed = body();
  } catch {
    return undefined; // A body past the cap is held in part only.
  }
  return parsed === undefined ? undefined : guard('reading content', () => dialect.readContent(parsed));
}

/** Content as attributes: JSON strings for a span, structured for an event. Redacted, then bounded. */
export function contentAttributes(
  request: CapturedContent | undefined,
  answer: AnswerFacts | undefined,
  settings: Settings,
): { forSpan: Attributes; forEvent: Record<string, AnyValue> } {
  const forSpan: Attributes = {};
  const forEvent: Record<string, AnyValue> = {};
  const items: readonly (readonly [string, readonly JsonValue[] | undefined])[] = [
    [ATTR.systemInstructions, request?.systemInstructions],
    [ATTR.inputMessages, request?.inputMessages],
    [ATTR.outputMessages, answer?.messages],
    [ATTR.toolDefinitions, request?.toolDefinitions],
  ];
  for (const [attribute, value] of items) {
    if (value === undefined || value.length === 0) continue;
    const redacted = redactedOf(settings, attribute, [...value]);
    if (redacted === undefined) continue;
    const { event, span } = settings.contentBytes;
    const onSpan = withinBytes(redacted, span);
    const inEvent = event === span ? onSpan : withinBytes(redacted, event);
    if (onSpan !== undefined) forSpan[attribute] = JSON.stringify(onSpan);
    if (inEvent !== undefined) forEvent[attribute] = inEvent;
  }
  const variables = promptVariables(request?.promptVariables, settings);
  Object.assign(forSpan, variables);
  Object.assign(forEvent, variables);
  return { forSpan, forEvent };
}

/** Variables of one prompt that are recorded. */
const MOST_VARIABLES = 32;
/** Characters of a variable's name. */
const LONGEST_VARIABLE = 64;

/** The variables of a named prompt, each as an attribute of its own. What is no text is recorded as JSON. */
export function promptVariables(variables: JsonObject | undefined, settings: Settings): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables ?? {}).slice(0, MOST_VARIABLES)) {
    const attribute = `${ATTR.promptVariable}${withoutCredentials(name.slice(0, LONGEST_VARIABLE))}`;
    const plain = guard('reading a prompt variable', () => toJson(value));
    const recorded = plain === undefined ? undefined : recordable(settings, attribute, plain);
    if (recorded !== undefined && recorded !== null) attributes[attribute] = typeof recorded === 'string' ? recorded : JSON.stringify(recorded);
  }
  return attributes;
}

/** A content attribute as it may be recorded on a span: without credentials, as the redaction hook leaves it, and bounded. Undefined where the hook drops it. */
export function recordable(settings: Settings, attribute: string, value: JsonValue): JsonValue | undefined {
  const redacted = redactedOf(settings, attribute, value);
  return redacted === undefined ? undefined : withinBytes(redacted, settings.contentBytes.span);
}

/** Undefined where not even a mark fits. */
function withinBytes(value: JsonValue, maxBytes: number): JsonValue | undefined {
  const bounded = boundJson(value, maxBytes);
  return byteLength(bounded) <= maxBytes ? bounded : undefined;
}

function redactedOf(settings: Settings, attribute: string, value: JsonValue): JsonValue | undefined {
  const { redact } = settings;
  const plain = maskSecrets(value);
  return redact === undefined ? plain : guard('the redact hook', () => toJson(redact({ attribute, value: plain })));
}

/** What JSON can say of a value; undefined where that is nothing. Throws where JSON.stringify does. */
export function toJson(value: unknown): JsonValue | undefined {
  const text = JSON.stringify(value);
  if (text === undefined) return undefined;
  const parsed: JsonValue = JSON.parse(text);
  return parsed;
}

function maskSecrets(value: JsonValue): JsonValue {
  return mapStrings(value, withoutCredentials, withoutCredentials);
}

const encoder = new TextEncoder();
const MARK = '…[truncated]';

/** Shortens the strings of a value until its JSON is at most `maxBytes` long; the structure survives as long as it fits at all. */
export function boundJson(value: JsonValue, maxBytes: number): JsonValue {
  for (let limit = maxBytes, bounded = value; ; limit = Math.floor(limit / 2)) {
    if (byteLength(bounded) <= maxBytes) return bounded;
    if (limit < 8) return Array.isArray(value) ? boundList(value, maxBytes) : MARK;
    bounded = mapStrings(value, (text) => (text.length > limit ? text.slice(0, limit) + MARK : text));
  }
}

/** Keeps as many of the last elements as fit: the newest messages say most. */
function boundList(list: readonly JsonValue[], maxBytes: number): JsonValue {
  const kept: JsonValue[] = [];
  let bytes = 2;
  for (let i = list.length - 1; i >= 0; i--) {
    const item = mapStrings(list[i] ?? null, (text) => (text.length > 64 ? text.slice(0, 64) + MARK : text));
    bytes += byteLength(item) + 1;
    if (bytes > maxBytes) break;
    kept.unshift(item);
  }
  return kept;
}

function byteLength(value: JsonValue): number {
  return encoder.encode(JSON.stringify(value)).byteLength;
}

const MAX_DEPTH = 64;

function mapStrings(value: JsonValue, map: (text: string) => string, mapName = (name: string): string => name, depth = 0): JsonValue {
  if (typeof value === 'string') return map(value);
  if (depth > MAX_DEPTH) return MARK;
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map, mapName, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const mapped: Record<string, JsonValue> = {};
  for (const [key, item] of Object.entries(value)) {
    // A key named __proto__ must stay data.
    Object.defineProperty(mapped, mapName(key), { value: mapStrings(item, map, mapName, depth + 1), enumerable: true, writable: true, configurable: true });
  }
  return mapped;
}
