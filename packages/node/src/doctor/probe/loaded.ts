import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { isOutspanLive } from './outspan.ts';
import { isEntry, packageOf, versionIn, type PackagePlace } from './package-of.ts';
import type { Format, LoadedPackage, ProbeSettings } from './record.ts';

/** An ES module that was loaded. */
interface LoadedModule {
  readonly place: PackagePlace;
  readonly early: boolean;
}

const modules = new Map<string, LoadedModule>();

/** The format that a file was loaded in, by its path. */
export function formatOf(path: string): Format {
  return modules.has(path) || path.endsWith('.mjs') ? 'esm' : 'commonjs';
}

/** Where an ES module of the API hands itself to the probe. */
const HANDED = Symbol.for('outspan.doctor.api.v1');

/** The entries of `@opentelemetry/api`. */
const API_ENTRY = /\/(?:index|diag-api)\.m?js$/;

/**
 * The source of an ES module with a line behind it that hands its own namespace out. The module keeps its URL and its place in
 * the graph.
 */
function handedOut(source: unknown, url: string): string | undefined {
  const text = typeof source === 'string' ? source : source instanceof Uint8Array ? new TextDecoder().decode(source) : undefined;
  return text === undefined ? undefined : `${text}\n;import * as __outspan_doctor from ${JSON.stringify(url)}; globalThis[Symbol.for(${JSON.stringify(HANDED.description)})]?.(${JSON.stringify(url)}, __outspan_doctor);\n`;
}

function canList(version: string, since: ProbeSettings['inThreadSince']): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const from = since[major] ?? (major > Math.max(...Object.keys(since).map(Number)) ? [0, 0] : undefined);
  return from !== undefined && (minor > from[0] || (minor === from[0] && patch >= from[1])) && typeof module.registerHooks === 'function';
}

const places = new Map<string, PackagePlace | undefined>();

/** The interesting package that a file belongs to. */
function interestingPlace(path: string, { packages, scopes }: ProbeSettings): PackagePlace | undefined {
  if (places.has(path)) return places.get(path);
  const found = packageOf(path);
  const place = found !== undefined && (packages.includes(found.name) || scopes.some((scope) => found.name.startsWith(scope))) ? found : undefined;
  places.set(path, place);
  return place;
}

const API = '@opentelemetry/api';

/**
 * Notes the ES modules of interesting packages as they are loaded, and hands out copies of OpenTelemetry's API, of either
 * format.
 *
 * @param handOut called with the exports of a copy of the API once it was evaluated
 * @returns whether ES modules can be listed; CommonJS can be at any time
 */
export function watchLoading(settings: ProbeSettings, handOut: (place: PackagePlace, format: Format, exports: unknown) => void): boolean {
  const prototype: unknown = module.prototype;
  if (typeof prototype === 'object' && prototype !== null) watchRequire(prototype, handOut);
  if (!canList(process.versions.node, settings.inThreadSince)) return false;
  Object.defineProperty(globalThis, HANDED, {
    configurable: true,
    value: (url: string, exports: unknown): void => {
      const place = packageOf(fileURLToPath(url));
      if (place !== undefined) handOut(place, 'esm', exports);
    },
  });
  module.registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.startsWith('file:') || loaded.format !== 'module') return loaded;
      const path = pathOf(url);
      const place = path === undefined ? undefined : interestingPlace(path, settings);
      if (path === undefined || place === undefined) return loaded;
      modules.set(path, { place, early: !isOutspanLive() });
      // With a query it is another tool's copy, whose own name may lead elsewhere.
      if (place.name !== API || url.includes('?') || !API_ENTRY.test(path)) return loaded;
      const source = handedOut(loaded.source, url);
      return source === undefined ? loaded : { ...loaded, source };
    },
  });
  return true;
}

function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

/** Each CommonJS file goes through `Module.prototype.load`. */
function watchRequire(prototype: object, handOut: (place: PackagePlace, format: Format, exports: unknown) => void): void {
  const load: unknown = Reflect.get(prototype, 'load');
  if (typeof load !== 'function') return;
  Reflect.set(prototype, 'load', function (this: unknown, ...args: readonly unknown[]) {
    const result: unknown = Reflect.apply(load, this, args);
    const [path] = args;
    try {
      const place = typeof path === 'string' && path.includes('opentelemetry') ? packageOf(path) : undefined;
      if (place?.name === API && typeof this === 'object' && this !== null) handOut(place, 'commonjs', Reflect.get(this, 'exports'));
    } catch {
      // The application goes on.
    }
    return result;
  });
}

/** The interesting packages whose files were loaded, once for each folder and format. */
export function readPackages(settings: ProbeSettings): LoadedPackage[] {
  const found = new Map<string, LoadedPackage>();
  const note = (path: string, place: PackagePlace, format: Format, early: boolean): void => {
    const { name, folder } = place;
    const key = `${format} ${folder}`;
    const before = found.get(key);
    found.set(key, { name, version: versionIn(folder), folder, format, entry: before?.entry === true || isEntry(path, place), early: early || before?.early === true });
  };
  const cache: unknown = Reflect.get(module, '_cache');
  for (const path of Object.keys(typeof cache === 'object' && cache !== null ? cache : {})) {
    const place = modules.has(path) ? undefined : interestingPlace(path, settings);
    if (place !== undefined) note(path, place, 'commonjs', false);
  }
  for (const [path, { place, early }] of modules) note(path, place, 'esm', early);
  return [...found.values()];
}
