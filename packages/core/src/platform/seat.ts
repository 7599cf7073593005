import { announce } from '../guard.ts';

/** Who acts in this thread, by what it does. Found by its name, so that copies of this package with versions apart share it. */
const SEATS = Symbol.for('outspan.seats');

function seats(): Map<unknown, unknown> {
  const existing: unknown = Reflect.get(globalThis, SEATS);
  if (existing instanceof Map) return existing;
  const created = new Map<unknown, unknown>();
  Reflect.set(globalThis, SEATS, created);
  return created;
}

function versionOf(occupant: unknown): string {
  return typeof occupant === 'object' && occupant !== null && 'version' in occupant && typeof occupant.version === 'string' ? occupant.version : 'of another version';
}

/**
 * Takes the one seat per thread that there is for an instrumentation: two would record every call twice. Who comes
 * second says so, once.
 *
 * @param name of the instrumentation's package
 * @param version of the package, for the message
 * @returns what gives the seat back, or undefined where it is taken
 */
export function takeSeat(name: string, version: string): (() => void) | undefined {
  const taken = seats();
  if (taken.has(name)) {
    announce(`seat:${name}`, `${name} ${versionOf(taken.get(name))} is active in this thread already: another one, of version ${version}, stays off, since two would record every call twice.`);
    return undefined;
  }
  const occupant = { version };
  taken.set(name, occupant);
  return () => {
    if (taken.get(name) === occupant) taken.delete(name);
  };
}
