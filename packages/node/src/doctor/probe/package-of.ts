import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The package that a file belongs to. */
export interface PackagePlace {
  readonly name: string;
  readonly folder: string;
}

interface Manifest {
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** The files that the package's name leads to, under any condition. */
  readonly entries: ReadonlySet<string>;
}

const MODULES = '/node_modules/';
const manifests = new Map<string, Manifest | undefined>();

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Every path in a part of a manifest, however deep its conditions are. */
function pathsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : [];
}

function entriesIn(manifest: object): ReadonlySet<string> {
  const exports: unknown = Reflect.get(manifest, 'exports');
  const hasSubpaths = typeof exports === 'object' && exports !== null && Object.keys(exports).some((key) => key.startsWith('.'));
  const ofName: unknown = hasSubpaths ? Reflect.get(exports, '.') : exports;
  const paths = [ofName, Reflect.get(manifest, 'main') ?? 'index.js', Reflect.get(manifest, 'module')].flatMap(pathsIn);
  // `main` may leave the ending out.
  return new Set(paths.map((path) => path.replace(/^\.\//, '').replace(/(\/|^)([^./]+)$/, '$1$2.js')));
}

function manifestIn(folder: string): Manifest | undefined {
  if (manifests.has(folder)) return manifests.get(folder);
  let manifest: Manifest | undefined;
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (typeof parsed === 'object' && parsed !== null) manifest = { name: text(Reflect.get(parsed, 'name')), version: text(Reflect.get(parsed, 'version')), entries: entriesIn(parsed) };
  } catch {
    // None here.
  }
  manifests.set(folder, manifest);
  return manifest;
}

/** The version of the package in a folder. */
export function versionIn(folder: string): string | undefined {
  return manifestIn(folder)?.version;
}

/** Whether a file is what its package's name leads to. */
export function isEntry(path: string, { folder }: PackagePlace): boolean {
  return manifestIn(folder)?.entries.has(path.replace(/\\/g, '/').slice(folder.length + 1)) === true;
}

const places = new Map<string, PackagePlace | undefined>();

/** Of a file outside of any `node_modules`, as links lead to: by the next package.json above that has a name. */
function linked(folder: string): PackagePlace | undefined {
  if (places.has(folder)) return places.get(folder);
  const name = manifestIn(folder)?.name;
  const above = dirname(folder);
  const place = name !== undefined ? { name, folder } : above === folder ? undefined : linked(above);
  places.set(folder, place);
  return place;
}

/** The package that the file at `path` belongs to, as far as that can be told. */
export function packageOf(path: string): PackagePlace | undefined {
  const at = path.includes('\\') ? path.replace(/\\/g, '/') : path;
  const start = at.lastIndexOf(MODULES);
  if (start < 0) return linked(dirname(path));
  const [first = '', second = ''] = at.slice(start + MODULES.length).split('/', 2);
  const name = first.startsWith('@') ? `${first}/${second}` : first;
  return { name, folder: at.slice(0, start + MODULES.length + name.length) };
}
