import { isObject } from './shape.ts';

/** The address of the page, or of the worker's script, which relative addresses are meant from. Undefined outside of browsers. */
export function pageAddress(): string | undefined {
  const location: unknown = Reflect.get(globalThis, 'location');
  const href = isObject(location) ? location['href'] : undefined;
  return typeof href === 'string' && URL.canParse(href) ? href : undefined;
}
