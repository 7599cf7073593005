import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { blocksOf, type Block } from './markdown.ts';

/** The repository's root. */
export const ROOT: string = fileURLToPath(new URL('../../../', import.meta.url));

/** One Markdown file of the repository. */
export interface Document {
  /** From the root, with forward slashes: `packages/core/README.md`. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** Reads a document by its path from the root. */
export function document(path: string): Document {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return { path, text, blocks: blocksOf(text) };
}

function inFolders(parent: string): string[] {
  return readdirSync(join(ROOT, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${parent}/${name}/README.md`)
    .filter((path) => existsSync(join(ROOT, path)));
}

function inRoot(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => relative(ROOT, join(ROOT, folder, name)));
}

/** Written by `npm run truth` and `npm run safety`, so that their words are the suites', which check them. */
const GENERATED: ReadonlySet<string> = new Set(['docs/truth.md', 'docs/safety.md']);

/** Every document that a reader meets. */
export const DOCUMENTS: readonly Document[] = [...inRoot('.'), ...inRoot('docs'), ...inRoot('collector'), ...['packages', 'examples', 'test'].flatMap(inFolders)].filter((path) => !GENERATED.has(path)).map(document);
