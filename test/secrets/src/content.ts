import type { Export } from './receiver.ts';

/** The attributes that may hold content, where the user opted in. */
export const CONTENT_ATTRIBUTES: ReadonlySet<string> = new Set(['gen_ai.system_instructions', 'gen_ai.input.messages', 'gen_ai.output.messages', 'gen_ai.tool.definitions']);

/** An export, taken apart. */
export interface Divided {
  /** Values of content attributes, as they are written. */
  readonly content: readonly { readonly attribute: string; readonly on: 'span' | 'event'; readonly value: string; readonly bytes: number }[];
  /** All else. */
  readonly rest: string;
}

/** Takes content out of an export in OTLP/JSON. */
export function divide({ path, body }: Export): Divided {
  const content: Divided['content'][number][] = [];
  const rest = JSON.stringify(JSON.parse(body.toString()), (_name, member: unknown) => {
    if (!isAttribute(member) || !CONTENT_ATTRIBUTES.has(member.key)) return member;
    const value = plain(member.value);
    // On a span it is JSON text, in an event a structure.
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    content.push({ attribute: member.key, on: path.endsWith('/v1/traces') ? 'span' : 'event', value: text, bytes: Buffer.byteLength(text) });
    return undefined;
  });
  return { content, rest };
}

interface Attribute {
  readonly key: string;
  readonly value: unknown;
}

function isAttribute(value: unknown): value is Attribute {
  return isObject(value) && typeof value['key'] === 'string' && 'value' in value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The plain form of OTLP's `AnyValue`. */
function plain(value: unknown): unknown {
  if (!isObject(value)) return null;
  const { arrayValue, kvlistValue, ...scalar } = value;
  if (isObject(arrayValue)) return Array.isArray(arrayValue['values']) ? arrayValue['values'].map(plain) : [];
  if (isObject(kvlistValue)) return Array.isArray(kvlistValue['values']) ? Object.fromEntries(kvlistValue['values'].filter(isAttribute).map(({ key, value: member }) => [key, plain(member)])) : {};
  return Object.values(scalar)[0] ?? null;
}
