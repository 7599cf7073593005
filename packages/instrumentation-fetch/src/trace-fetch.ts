import type { OutspanConfig } from '@outspan/core';
import { FetchTracing } from './tracing.ts';
import type { AnyFetch } from './tracing.ts';

/** Traces functions that are given. Several can be on: each client may have its own `fetch`. */
class GivenFetch extends FetchTracing {
  constructor(config: OutspanConfig) {
    super(config);
    this.begin();
  }

  of<T extends AnyFetch>(fetch: T): T {
    return this.trace(fetch, true);
  }

  protected override lock(): () => void {
    return () => undefined;
  }

  protected override watch(): () => void {
    return () => undefined;
  }
}

const byConfig = new WeakMap<OutspanConfig, GivenFetch>();
const DEFAULTS: OutspanConfig = {};

/**
 * Makes a `fetch` that does what the given one does and traces the LLM calls among its requests. Use it for the `fetch` option of
 * an SDK, where you do not want the global one replaced.
 *
 * Returns a function that is traced already as it is. Traces nothing on Node.js while `@outspan/instrumentation-undici` or `-http`
 * is on, since they see the same requests.
 *
 * @param fetch is not changed
 * @param config options of every Outspan instrumentation. Pass the same object for each client: each object has its own state
 */
export function traceFetch<T extends AnyFetch>(fetch: T, config: OutspanConfig = DEFAULTS): T {
  let given = byConfig.get(config);
  if (given === undefined) {
    given = new GivenFetch(config);
    byConfig.set(config, given);
  }
  return given.of(fetch);
}
