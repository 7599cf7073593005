import { announce, runtime } from '@outspan/core';
import type { InstrumentationConfig } from '@outspan/core';
import { announceNode, FetchTracing } from './tracing.ts';
import type { AnyFetch } from './tracing.ts';

/** Options of {@link FetchInstrumentation}. */
export interface FetchInstrumentationConfig extends InstrumentationConfig {}

/**
 * Traces LLM calls over the global `fetch` of Bun, Deno, workers, edge runtimes and browsers. Create it before a client takes that
 * `fetch`. On Node.js it stays off and says so: `@outspan/instrumentation-undici` sees more there.
 *
 * All other requests pass untouched and are not traced.
 */
export class FetchInstrumentation extends FetchTracing {
  constructor(config: FetchInstrumentationConfig = {}) {
    super(config);
    this.begin();
  }

  override enable(): void {
    if (runtime() === 'node') announceNode();
    else super.enable();
  }

  protected override watch(): () => void {
    return replaceGlobalFetch((fetch) => this.trace(fetch, false));
  }
}

/** @returns a function that restores the former one, unless another one has been put in front since */
function replaceGlobalFetch(replace: (fetch: AnyFetch) => AnyFetch): () => void {
  const { fetch } = globalThis;
  if (typeof fetch !== 'function') return () => undefined;
  // A worker's global scope inherits it.
  const own = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  const replacement = replace(fetch);
  // As it was, but for the value: in a context of Node's `vm` it cannot be configured, only written.
  Reflect.defineProperty(globalThis, 'fetch', { writable: true, configurable: true, enumerable: true, ...own, value: replacement });
  if (globalThis.fetch !== replacement) announce('fetch:frozen', 'The global fetch cannot be replaced here, so that calls over it are not traced. Give traceFetch(fetch) to the client instead.');
  return () => {
    if (globalThis.fetch !== replacement) return;
    if (own === undefined) Reflect.deleteProperty(globalThis, 'fetch');
    else Reflect.defineProperty(globalThis, 'fetch', own);
  };
}
