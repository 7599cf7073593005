import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

type Texts = Readonly<Record<string, string>>;

/** What is read of a package.json. */
export interface Manifest {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly type: 'module' | 'commonjs';
  readonly scripts: Texts;
  readonly dependencies: Texts;
  readonly devDependencies: Texts;
  readonly peerDependencies: Texts;
  readonly optionalDependencies: Texts;
  readonly hasWorkspaces: boolean;
}

function textsIn(value: unknown): Texts {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The package.json of a folder. */
export function manifestIn(folder: string): Manifest | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const fields: Readonly<Record<string, unknown>> = { ...parsed };
    return {
      name: textIn(fields['name']),
      version: textIn(fields['version']),
      type: fields['type'] === 'module' ? 'module' : 'commonjs',
      scripts: textsIn(fields['scripts']),
      dependencies: textsIn(fields['dependencies']),
      devDependencies: textsIn(fields['devDependencies']),
      peerDependencies: textsIn(fields['peerDependencies']),
      optionalDependencies: textsIn(fields['optionalDependencies']),
      hasWorkspaces: fields['workspaces'] !== undefined,
    };
  } catch {
    return undefined;
  }
}

function above(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [] : [parent, ...above(parent)];
}

/** The first folder, from one upwards, that has a file. */
export function folderWith(file: string, folder: string): string | undefined {
  return [folder, ...above(folder)].find((candidate) => existsSync(join(candidate, file)));
}

/** Whether a folder is the root of a workspace: a repository of several packages. */
export function isWorkspaceRoot(folder: string): boolean {
  return existsSync(join(folder, 'pnpm-workspace.yaml')) || manifestIn(folder)?.hasWorkspaces === true;
}

/** The root of the workspace that a folder is a part of, and is not itself. */
export function workspaceAround(folder: string): string | undefined {
  return above(folder).find(isWorkspaceRoot);
}
