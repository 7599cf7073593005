import type { AttributeType } from '../conventions/registry.ts';
import type { Value } from '../telemetry.ts';

type Test = (value: Value) => boolean;

const isText: Test = (value) => typeof value === 'string';

/** JavaScript has one number: an int has no fraction, and a double that happens to be whole is fine. */
const TESTS: Readonly<Record<Exclude<AttributeType, 'any'>, Test>> = {
  string: isText,
  int: (value) => Number.isSafeInteger(value),
  double: (value) => typeof value === 'number' && Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  'string[]': (value) => Array.isArray(value) && value.every(isText),
  'template[string]': isText,
};

/**
 * Whether a value is of an attribute's type.
 *
 * @param structured whether a structured value (`any`) is one here, as on events; on spans it is JSON text
 */
export function isOfType(value: Value, type: AttributeType, structured: boolean): boolean {
  if (type !== 'any') return TESTS[type](value);
  return structured ? typeof value === 'object' && value !== null : typeof value === 'string' && isJson(value);
}

/** Whether a value is one of `allowed` or, as a list, several of them with commas between. */
export function isAmong(value: Value, allowed: readonly string[], list: boolean): boolean {
  return typeof value === 'string' && (list ? value.split(',') : [value]).every((one) => allowed.includes(one));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
