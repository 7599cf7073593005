import module from 'node:module';
import workerThreads from 'node:worker_threads';
import { report } from '@outspan/core';
import { isFunction, isObject } from '../shape.ts';
import { LOADED } from './epilogue.ts';
import { IN_THREAD_SINCE } from './in-thread-since.ts';
import { instrumented, isWantedUrl, pathOf } from './load-hook.ts';
import type { LoaderData } from './loader.ts';
import { isWanted, manifestOf, packageFileOf } from './wanted.ts';
import type { Wanted } from './wanted.ts';

/** A file of a package that was loaded. */
export interface LoadedFile {
  /** With the package's name before it: `openai/client.mjs`. */
  readonly file: string;
  /** The package's name. */
  readonly name: string;
  /** Where it is. */
  readonly path: string;
  /** The package's version. */
  readonly version: string | undefined;
  readonly exports: unknown;
}

/** What is watched for, and who is told. */
interface Watch {
  readonly wanted: Wanted;
  readonly told: (loaded: LoadedFile) => void;
}

const watches = new Set<Watch>();

/**
 * Calls `told` with each wanted file that is loaded from now on, by `require` or by `import`, right after it was evaluated.
 * Nothing of a module is replaced. Where ES modules cannot be hooked, only what is required is told.
 *
 * @returns a function that stops the watching
 */
export function watchModules(wanted: Wanted, told: (loaded: LoadedFile) => void): () => void {
  // The thread of Node's asynchronous module loader runs preloaded modules too. No application runs there, and Node 22 cannot
  // have synchronous hooks there.
  if (workerThreads.isInternalThread) return () => undefined;
  const watch = { wanted, told };
  watches.add(watch);
  hookRequire();
  hookImport(wanted);
  return () => void watches.delete(watch);
}

/** The wanted files that were required before. Of ES modules there is no list. */
export function loadedBefore(wanted: Wanted): LoadedFile[] {
  const cache: unknown = Reflect.get(module, '_cache');
  return Object.entries(isObject(cache) ? cache : {}).flatMap(([path, loaded]) => {
    const found = packageFileOf(path);
    if (found === undefined || !isWanted(found, wanted) || !isObject(loaded) || loaded['loaded'] !== true) return [];
    return [{ file: found.file, name: found.name, path, version: manifestOf(found.folder).version, exports: loaded['exports'] }];
  });
}

function tell(path: string, exports: unknown): void {
  const found = packageFileOf(path);
  if (found === undefined) return;
  for (const { told, wanted } of watches) {
    if (!isWanted(found, wanted)) continue;
    try {
      told({ file: found.file, name: found.name, path, version: manifestOf(found.folder).version, exports });
    } catch (error) {
      report('telling of a module', error);
    }
  }
}

let requireIsHooked = false;

/** Each CommonJS file goes through `Module.prototype.load`, also one that an ES module imports. */
function hookRequire(): void {
  if (requireIsHooked) return;
  requireIsHooked = true;
  const prototype: unknown = module.prototype;
  const load: unknown = isObject(prototype) ? Reflect.get(prototype, 'load') : undefined;
  if (!isObject(prototype) || !isFunction(load)) return;
  Reflect.set(prototype, 'load', function (this: unknown, ...args: readonly unknown[]) {
    const result = Reflect.apply(load, this, args);
    const [path] = args;
    // ES modules that are required tell by their epilogue, too.
    if (typeof path === 'string' && isObject(this)) tell(path, this['exports']);
    return result;
  });
}

const hooked: { -readonly [key in keyof Wanted]: Set<string> } = { files: new Set(), packages: new Set() };
let importIsHooked = false;

function hookImport({ files, packages }: Wanted): void {
  const added: LoaderData = { files: [...files].filter((file) => !hooked.files.has(file)), packages: [...packages].filter((name) => !hooked.packages.has(name)) };
  for (const file of added.files) hooked.files.add(file);
  for (const name of added.packages) hooked.packages.add(name);
  if (added.files.length === 0 && added.packages.length === 0) return;
  if (!importIsHooked) listenToEpilogues();
  try {
    register(added);
  } catch {
    // Jest forbids it. That an SDK is not hooked is said when it makes a call.
  }
  importIsHooked = true;
}

function register(added: LoaderData): void {
  if (!canHookInThread(process.versions.node)) {
    if (isFunction(module.register)) module.register(new URL('./loader.mjs', import.meta.url), { data: added });
  } else if (!importIsHooked) {
    module.registerHooks({
      load: (url, context, nextLoad) => {
        const loaded = nextLoad(url, context);
        return isWantedUrl(url, hooked) ? instrumented(url, loaded) : loaded;
      },
    });
  }
}

/**
 * Whether the synchronous hooks leave CommonJS modules that are imported as they are. Before, those got a `require` of another
 * kind (https://github.com/nodejs/node/pull/59929).
 */
export function canHookInThread(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const from = IN_THREAD_SINCE[major] ?? (major > 25 ? [0, 0] : undefined);
  return from !== undefined && (minor > from[0] || (minor === from[0] && patch >= from[1])) && isFunction(module.registerHooks);
}

/** Epilogues call one function for all copies of this package. */
function listenToEpilogues(): void {
  const key = Symbol.for(LOADED);
  const before: unknown = Reflect.get(globalThis, key);
  Reflect.set(globalThis, key, (url: string, exports: object, stars: readonly object[]): void => {
    if (isFunction(before)) before(url, exports, stars);
    try {
      tell(pathOf(url), seenFrom(exports, stars));
    } catch (error) {
      report('telling of a module', error);
    }
  });
}

/**
 * What a module exports, what it passes on among it, each read when it is asked for. Nothing is read before: in a cycle, what
 * another module exports may not be there yet, and is undefined.
 */
function seenFrom(exports: object, stars: readonly object[]): object {
  const seen = {};
  for (const from of [exports, ...stars]) {
    for (const name of Reflect.ownKeys(from)) {
      if (typeof name !== 'string' || Object.hasOwn(seen, name) || (name === 'default' && from !== exports)) continue;
      Object.defineProperty(seen, name, { get: () => valueOf(from, name), enumerable: true });
    }
  }
  return seen;
}

function valueOf(exports: object, name: string): unknown {
  try {
    return Reflect.get(exports, name);
  } catch {
    return undefined;
  }
}
