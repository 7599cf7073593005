import type { Json } from '../json.ts';

/** A place in which two values differ. */
export interface Difference {
  readonly path: string;
  readonly expected: Json | undefined;
  readonly got: Json | undefined;
}

/** Where two values differ, deepest first common; equal values give none. */
export function differences(expected: Json | undefined, got: Json | undefined, path = ''): readonly Difference[] {
  if (Object.is(expected, got)) return [];
  if (Array.isArray(expected) && Array.isArray(got)) {
    if (expected.length !== got.length) return [{ path: `${path}.length`, expected: expected.length, got: got.length }, ...pairs(expected, got, path, Math.min(expected.length, got.length))];
    return pairs(expected, got, path, expected.length);
  }
  if (isRecord(expected) && isRecord(got)) {
    return [...new Set([...Object.keys(expected), ...Object.keys(got)])].flatMap((key) => differences(expected[key], got[key], path === '' ? key : `${path}.${key}`));
  }
  return [{ path, expected, got }];
}

function pairs(expected: readonly Json[], got: readonly Json[], path: string, length: number): readonly Difference[] {
  return Array.from({ length }, (_, i) => differences(expected[i], got[i], `${path}[${i}]`)).flat();
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value in few characters. */
export function brief(value: Json | undefined): string {
  const text = value === undefined ? '∅' : JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 157)}…` : text;
}
