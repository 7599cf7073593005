import { fileURLToPath } from 'node:url';
import { hasEpilogue, withEpilogue } from './epilogue.ts';
import { isWanted, packageFileOf } from './wanted.ts';
import type { Wanted } from './wanted.ts';

/** What a step of Node's module loading gives. */
export interface Loaded {
  readonly format?: string | null | undefined;
  readonly source?: unknown;
}

/** Whether the ES module at `url` is wanted. */
export function isWantedUrl(url: string, wanted: Wanted): boolean {
  // Almost no module is: this much is cheap.
  if (!url.startsWith('file:') || !url.includes('/node_modules/')) return false;
  const found = packageFileOf(pathOf(url));
  return found !== undefined && isWanted(found, wanted);
}

/** The path of a file URL, without the query that other tools add to make copies of a module. */
export function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return '';
  }
}

/** A wanted module as it was loaded, with the epilogue where it is an ES module. Whatever goes wrong, it stays as it was. */
export function instrumented<T extends Loaded>(url: string, loaded: T): T {
  try {
    const { format, source } = loaded;
    const text = typeof source === 'string' ? source : source instanceof Uint8Array || source instanceof ArrayBuffer ? new TextDecoder().decode(source) : undefined;
    // Another copy of this package may have been here.
    return format === 'module' && text !== undefined && !hasEpilogue(text) ? { ...loaded, source: withEpilogue(text, url) } : loaded;
  } catch {
    // That its calls are not hooked is said when it makes one.
    return loaded;
  }
}
