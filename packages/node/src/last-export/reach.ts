/**
 * Follows fields from object to object: `undefined` where there is none of that name.
 *
 * The SDK has no way in that works while a process exits (everything public is asynchronous), so what its processors
 * hold is read from where they keep it. Where a newer SDK keeps it elsewhere, one line says so.
 */
export function reach(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Reflect.get(at, name);
  }
  return at;
}

/** A method of an object, bound to it, or `undefined` where it has none of that name. */
export function method(value: unknown, name: string): ((...args: readonly unknown[]) => unknown) | undefined {
  const found = reach(value, name);
  return typeof found === 'function' ? (...args) => Reflect.apply(found, value, args) : undefined;
}

/** A field that is a list; an empty one where it is none. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = reach(value, ...path);
  return Array.isArray(found) ? found : [];
}
