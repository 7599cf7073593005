/**
 * The asynchronous loader for `module.register`, for the versions of Node.js whose synchronous hooks have a defect. It runs in
 * a thread of its own; what it puts behind a module runs with the module.
 */
import type { LoadHook } from 'node:module';
import { instrumented, isWantedUrl } from './load-hook.ts';
import type { Wanted } from './wanted.ts';

const wanted: { -readonly [key in keyof Wanted]: Set<string> } = { files: new Set(), packages: new Set() };

/** What the loader is told when it is registered. */
export interface LoaderData {
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

/** Called once by Node in the loader's thread, for each registration. */
export function initialize(data: LoaderData): void {
  for (const file of data.files) wanted.files.add(file);
  for (const name of data.packages) wanted.packages.add(name);
}

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  return isWantedUrl(url, wanted) ? instrumented(url, loaded) : loaded;
};
