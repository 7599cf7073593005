import type { RequestFacts } from './dialect.ts';
import { asList, asText, type JsonObject } from '../body/json-access.ts';

/** Request attributes by their conventional names. */
export type Parameters = RequestFacts['parameters'];

/** How a member of a request becomes an attribute. A value of another type is dropped. */
export interface ParameterRow {
  readonly from: string;
  readonly to: string;
  readonly as: 'integer' | 'number' | 'text' | 'texts';
}

const READERS: Readonly<Record<ParameterRow['as'], (value: unknown) => string | number | readonly string[] | undefined>> = {
  integer: (value) => (Number.isSafeInteger(value) && typeof value === 'number' ? value : undefined),
  number: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
  text: asText,
  /** One text or a list of them, always given as a list. */
  texts(value) {
    const texts = typeof value === 'string' ? [value] : asList(value).filter((item) => typeof item === 'string');
    return texts.length > 0 ? texts : undefined;
  },
};

/** Reads the rows' members of an object. Where two rows have one target, the last that has a value wins. */
export function readParameters(source: JsonObject, rows: readonly ParameterRow[]): Record<string, string | number | boolean | readonly string[]> {
  const parameters: Record<string, string | number | boolean | readonly string[]> = {};
  for (const { from, to, as } of rows) {
    const value = READERS[as](source[from]);
    if (value !== undefined) parameters[to] = value;
  }
  return parameters;
}
