/** How JSON from outside is looked into: every question is answered with a value of the right type or `undefined`, nothing is trusted, nothing throws. */

import type { JsonValue } from './json.ts';

/** An object of unknown members. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is an object that is neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is an object. */
export function asObject(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

/** The value if it is a list, else an empty one. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value if it is text that says something: an empty string is what providers send for "not known yet". */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The value if it can be a count: a whole number from zero up, also past 2^31. */
export function asCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/**
 * Parses a JSON document.
 * @returns undefined when it is not one
 */
export function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Deeper values are left out. */
const COPIED_DEPTH = 64;

/** Copies a value as JSON. What JSON has no form for becomes null. */
export function toJson(value: unknown, depth = 0): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (depth > COPIED_DEPTH || typeof value !== 'object') return null;
  if (Array.isArray(value)) return value.map((item) => toJson(item, depth + 1));
  // fromEntries defines members instead of assigning them: a member named `__proto__` stays a member.
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, toJson(member, depth + 1)]),
  );
}
