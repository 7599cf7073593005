import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packages = new URL('packages/', import.meta.url);

/** Lets unit tests see the sources of this workspace's packages instead of their builds. */
export const sources: { find: RegExp; replacement: string }[] = [
  ...readdirSync(packages).map((name) => ({
    find: new RegExp(`^@outspan/${name}$`),
    replacement: fileURLToPath(new URL(`${name}/src/index.ts`, packages)),
  })),
  // What package.json of sdk-boundary maps it to is built.
  { find: /^#module-hooks$/, replacement: fileURLToPath(new URL('sdk-boundary/src/modules/watch.ts', packages)) },
];
