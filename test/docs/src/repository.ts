import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './documents.ts';

const TEXT = /\.(?:ts|mts|mjs|cjs|json|yaml)$|(?:^|\/)(?:run|env\.example)$/;
const LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', 'dist', '.turbo', '.git', 'docs']);

function* filesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (LEFT_OUT.has(entry.name) || entry.name.startsWith('.snippets-')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (TEXT.test(path)) yield path;
  }
}

/** Where packages that the words speak of name their variables. */
const FOREIGN: readonly string[] = ['@anthropic-ai/sdk/client.d.ts', 'openai/client.d.ts', '@opentelemetry/sdk-node/dist/utils.mjs'];

/** The text of all code: packages, examples, what tests and CI set, and what names the variables of other packages. */
export function codeText(): string {
  const own = ['packages', 'examples', 'test', '.ci'].flatMap((folder) => [...filesIn(join(ROOT, folder))]);
  const foreign = FOREIGN.map((path) => join(ROOT, 'test/docs/node_modules', path));
  return [...own, ...foreign].map((path) => readFileSync(path, 'utf8')).join('\n');
}

/** A package of the workspace. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A package.json by its folder from the root. */
export function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest;
}

/** The packages that users install. */
export const PACKAGES: readonly Manifest[] = readdirSync(join(ROOT, 'packages'))
  .filter((name) => existsSync(join(ROOT, 'packages', name, 'package.json')))
  .map((name) => manifest(`packages/${name}`));

/** Names of the test projects, as `--project` takes them. */
export function testProjects(): string[] {
  const configs = ['vitest.config.ts', ...readdirSync(join(ROOT, 'test')).map((name) => `test/${name}/vitest.config.ts`)].filter((path) => existsSync(join(ROOT, path)));
  return configs.flatMap((path) => [...readFileSync(join(ROOT, path), 'utf8').matchAll(/\bname: '([\w-]+)'/g)].map(([, name = '']) => name));
}
