import { runtime } from '../platform/runtime.ts';
import type { Runtime } from '../platform/runtime.ts';

/** Content codings that `fetch` decodes, on runtimes that do not decode all of them. Measured on Deno 2.9 and workerd 2026-11. */
const UNDONE: { readonly [runtime in Runtime]?: readonly string[] } = {
  deno: ['gzip', 'br'],
  workerd: ['gzip', 'br'],
};

/**
 * The headers of a response whose body is seen as `fetch` hands it out. If the body is decoded, the headers about its encoded form
 * are left out.
 */
export function decodedHeaders(headers: Iterable<readonly [string, string]>): (readonly [string, string])[] {
  const all = Array.from(headers, ([name, value]) => [name.toLowerCase(), value] as const);
  const encoding = all.find(([name]) => name === 'content-encoding')?.[1];
  if (encoding === undefined) return all;
  const undone = UNDONE[runtime()];
  const isUndone = undone === undefined || encoding.split(',').every((coding) => undone.includes(coding.trim().toLowerCase()));
  return isUndone ? all.filter(([name]) => name !== 'content-encoding' && name !== 'content-length') : all;
}
