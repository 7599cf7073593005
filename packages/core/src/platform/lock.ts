import { announce } from '../guard.ts';

/** Who holds each lock of this thread. Found by its name, so that copies of this package with versions apart share it. */
const LOCKS = Symbol.for('outspan.locks');

function locks(): Map<unknown, unknown> {
  const existing: unknown = Reflect.get(globalThis, LOCKS);
  if (existing instanceof Map) return existing;
  const created = new Map<unknown, unknown>();
  Reflect.set(globalThis, LOCKS, created);
  return created;
}

function versionOf(holder: unknown): string {
  return typeof holder === 'object' && holder !== null && 'version' in holder && typeof holder.version === 'string' ? holder.version : 'of another version';
}

/**
 * Acquires the lock of an instrumentation, of which there is one per thread: two instrumentations would record every call twice.
 * Warns once if another one holds it.
 *
 * @param name of the instrumentation's package
 * @param version of the package, for the message
 * @returns a function that releases the lock; undefined if another one holds it
 */
export function acquireLock(name: string, version: string): (() => void) | undefined {
  const held = locks();
  if (held.has(name)) {
    announce(`lock:${name}`, `${name} ${versionOf(held.get(name))} is active in this thread already: another one, of version ${version}, stays off, since two would record every call twice.`);
    return undefined;
  }
  const holder = { version };
  held.set(name, holder);
  return () => {
    if (held.get(name) === holder) held.delete(name);
  };
}

/** Whether an instrumentation is on in this thread, by the name of its package. */
export function isLocked(name: string): boolean {
  return locks().has(name);
}
