import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CACHE } from './cache.ts';

export type Manager = 'npm' | 'npm install --legacy-peer-deps' | 'pnpm' | 'yarn 1' | "yarn with Plug'n'Play";

/** How a package manager is called. */
export interface Managing {
  /** Files beside package.json, by name. */
  readonly files?: (registry: string) => Readonly<Record<string, string>>;
  /** Installs what package.json says. */
  readonly install: readonly string[];
  /** Adds the packages whose names follow. Without it, package.json names them from the start. */
  readonly add?: readonly string[];
  /** Lists all that is installed as JSON, with its problems. */
  readonly list?: readonly string[];
  /** Makes it forget earlier builds of ours, which had the same version. */
  readonly forget?: () => void;
  /** What stands before Node's own arguments. */
  readonly node?: (executable: string) => readonly string[];
}

const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const PNPM = [process.execPath, `${MODULES}pnpm/bin/pnpm.mjs`];
const YARN = [process.execPath, `${MODULES}yarn/bin/yarn.js`];
const BERRY = `${MODULES}@yarnpkg/cli-dist/bin/yarn.js`;

/** Scripts of packages are not run: none is needed. */
const NPM = ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=warn'];
/** What the dependencies of dependencies are does not change from day to day. To be raised with the versions in trees.ts. */
const AS_OF = '--before=2026-12-01';
const LIST = ['npm', 'ls', '--all', '--json'];

const npmrc = (registry: string): Readonly<Record<string, string>> => ({ '.npmrc': `@outspan:registry=${registry}\n` });

/** Yarn finds packages in its mirror by name and version alone, and what a registry has said by its host alone. */
const MIRROR = join(CACHE, 'yarn');

function forgetInMirror(): void {
  rmSync(join(MIRROR, 'metadata'), { recursive: true, force: true });
  const folder = join(MIRROR, 'cache');
  if (existsSync(folder)) for (const name of readdirSync(folder).filter((name) => name.startsWith('@outspan-'))) rmSync(join(folder, name));
}

/** The loopback registry has no certificate, and no package in it is older than this run. */
const yarnrc = (registry: string): Readonly<Record<string, string>> => ({
  'yarn.lock': '',
  '.yarnrc.yml': `nodeLinker: pnp
enableGlobalCache: false
enableImmutableInstalls: false
enableScripts: false
enableTelemetry: false
globalFolder: '${MIRROR}'
networkConcurrency: 8
npmScopes:
  outspan:
    npmRegistryServer: '${registry}'
unsafeHttpWhitelist: ['127.0.0.1']
`,
});

export const MANAGERS: Readonly<Record<Manager, Managing>> = {
  npm: { files: npmrc, install: [...NPM, AS_OF], add: [...NPM, '--prefer-offline'], list: LIST },
  'npm install --legacy-peer-deps': { files: npmrc, install: [...NPM, AS_OF, '--legacy-peer-deps'], add: [...NPM, '--legacy-peer-deps', '--prefer-offline'] },
  pnpm: { files: (registry) => ({ ...npmrc(registry), 'pnpm-workspace.yaml': 'packages: [.]\n' }), install: [...PNPM, 'install', '--ignore-scripts', '--no-frozen-lockfile'] },
  'yarn 1': { files: npmrc, install: [...YARN, 'install', '--ignore-scripts', '--non-interactive', '--no-progress'] },
  "yarn with Plug'n'Play": { files: yarnrc, install: [process.execPath, BERRY, 'install'], forget: forgetInMirror, node: (executable) => [executable, BERRY, 'node'] },
};
