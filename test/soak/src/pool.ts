import { setTimeout as wait } from 'node:timers/promises';

/** Where undici and Node's fetch keep the dispatcher in use, the newest first. */
const KEYS = [Symbol.for('undici.globalDispatcher.2'), Symbol.for('undici.globalDispatcher.1')];

interface Dispatcher {
  close(): Promise<void>;
  destroy(): Promise<void>;
}

function isDispatcher(value: unknown): value is Dispatcher {
  return typeof value === 'object' && value !== null && 'close' in value && 'destroy' in value;
}

/**
 * Gives Node's fetch a new pool of connections and closes the old one, as an application does that wants its idle
 * connections gone. A request that is still under way keeps the old pool from closing.
 *
 * @param between is called over and over while the old pool closes
 * @returns whether it closed within `patience` milliseconds; if not, it was torn down
 */
export async function replacePool(between: () => Promise<void>, patience: number): Promise<boolean> {
  const key = KEYS.find((each) => isDispatcher(Reflect.get(globalThis, each)));
  if (key === undefined) return true;
  const old: unknown = Reflect.get(globalThis, key);
  if (!isDispatcher(old)) return true;
  const fresh: unknown = Reflect.construct(old.constructor, []);
  for (const each of KEYS) if (Reflect.get(globalThis, each) === old) Reflect.set(globalThis, each, fresh);
  const closing = old.close().then(() => true);
  const until = performance.now() + patience;
  while (performance.now() < until) {
    await between();
    if (await Promise.race([closing, wait(100, false)])) return true;
  }
  await old.destroy();
  return false;
}
