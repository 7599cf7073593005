import { createHash } from 'node:crypto';
import type { OutputFile } from './output-file.ts';

/** Beside the generated files: which they are, so that those that are no longer generated can be removed, and only those. */
export const MANIFEST = '.outspan-slo.json';

/** Path of each generated file → hash of its text. */
export type Manifest = ReadonlyMap<string, string>;

/** The hash by which a file is known to be as it was generated. */
export function hashOf(text: string | Uint8Array): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** What is said of these files. */
export function manifestOf(files: readonly OutputFile[]): Manifest {
  return new Map(files.map(({ path, text }) => [path, hashOf(text)]));
}

/** A manifest as text. */
export function writeManifest(manifest: Manifest): string {
  const files = Object.fromEntries([...manifest].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ about: 'Written by @outspan/slo: the files that it generated here.', files }, undefined, 2)}\n`;
}

/** Reads a manifest. Only plain paths below its folder count, whatever the text says. Undefined: the text is no manifest. */
export function readManifest(text: string): Manifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const files: unknown = Object(value)['files'];
  if (typeof files !== 'object' || files === null) return undefined;
  return new Map(Object.entries(files).flatMap(([path, hash]) => (isPlainPath(path) ? [[path, String(hash)] as const] : [])));
}

/** A relative path with forward slashes that leads into a folder and never out of it. */
export function isPlainPath(path: string): boolean {
  return /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)+$/.test(path);
}
