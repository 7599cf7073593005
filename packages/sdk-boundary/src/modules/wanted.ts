import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

const MODULES = '/node_modules/';

/** A file of an installed package. */
export interface PackageFile {
  /** The package's name. */
  readonly name: string;
  /** The package's folder, with `/` between names. */
  readonly folder: string;
  /** The file with the package's name before it: `openai/client.mjs`. */
  readonly file: string;
}

/** The installed package that a path leads into, or undefined. `\` is read as `/`. */
export function packageFileOf(path: string): PackageFile | undefined {
  const at = path.includes('\\') ? path.replaceAll('\\', '/') : path;
  const start = at.lastIndexOf(MODULES);
  if (start < 0) return undefined;
  const file = at.slice(start + MODULES.length);
  const [first = '', second = ''] = file.split('/', 2);
  const name = first.startsWith('@') ? `${first}/${second}` : first;
  return { name, file, folder: at.slice(0, start + MODULES.length + name.length) };
}

/** What is read of a package.json. */
export interface Manifest {
  readonly version?: string;
  /** The files that the package's name leads to, under any condition, as `dist/index.mjs`. */
  readonly entries: ReadonlySet<string>;
}

const manifests = new Map<string, Manifest>();

/** The manifest of the package in `folder`, read once. */
export function manifestOf(folder: string): Manifest {
  let manifest = manifests.get(folder);
  if (manifest === undefined) {
    manifest = readManifest(folder);
    manifests.set(folder, manifest);
  }
  return manifest;
}

function readManifest(folder: string): Manifest {
  try {
    // Some editors put a mark of the byte order before it, which Node passes over.
    const parsed: unknown = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8').replace(/^\uFEFF/, ''));
    if (!isRecord(parsed)) return NOTHING;
    const { exports, main, module, version } = parsed;
    const paths = [rootOf(exports), module].flatMap(leaves);
    const entries = new Set([...paths, ...(exports === undefined ? mainOf(main) : leaves(main))].map((path) => posix.normalize(path)));
    return { ...(typeof version === 'string' && { version }), entries };
  } catch {
    return NOTHING;
  }
}

const NOTHING: Manifest = { entries: new Set() };

/** What the package's name itself leads to: `exports` is that, or has it under `.`, or names other paths only. */
function rootOf(exports: unknown): unknown {
  if (!isRecord(exports) || Array.isArray(exports)) return exports;
  const names = Object.keys(exports);
  return names.some((name) => name.startsWith('.')) ? exports['.'] : exports;
}

/** Where Node looks for the entry of a package without `exports`. */
function mainOf(main: unknown): readonly string[] {
  const named = typeof main === 'string' && main !== '' ? [main, `${main}.js`, `${main}/index.js`] : [];
  return [...named, 'index.js'];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** The paths under any condition, and of any fallback. */
function leaves(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return isRecord(value) ? Object.values(value).flatMap(leaves) : [];
}

/** Which files are watched for. */
export interface Wanted {
  /** Files, each with its package's name before it. */
  readonly files: ReadonlySet<string>;
  /** Packages whose entries are wanted, whatever their files are called. */
  readonly packages: ReadonlySet<string>;
}

/** Whether a file is wanted. Asked for each file that is loaded: it must be cheap. */
export function isWanted({ file, folder, name }: PackageFile, { files, packages }: Wanted): boolean {
  if (files.has(file)) return true;
  return packages.has(name) && manifestOf(folder).entries.has(file.slice(name.length + 1));
}
