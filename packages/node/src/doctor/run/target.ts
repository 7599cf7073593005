import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Manifest } from '../folder/manifest.ts';
import { readCommand, type Command } from '../starts/command.ts';
import { startsOfScript } from '../starts/starts.ts';
import type { Word } from '../starts/words.ts';

/** What to run. */
export interface Target {
  readonly program: string;
  readonly args: readonly string[];
  /** The script of the package.json, if it is one. */
  readonly script: string | undefined;
  /** The command that is started in the end, as a line. */
  readonly line: string;
  readonly command: Command;
}

const LOCKFILES: readonly (readonly [file: string, manager: string])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
];

function isInstalled(program: string, path: string): boolean {
  return path.split(delimiter).some((folder) => ['', '.cmd'].some((ending) => existsSync(join(folder, `${program}${ending}`))));
}

/** The package manager that runs the scripts of a folder: that of the next lockfile, if it is installed. */
function managerOf(folder: string, path: string): string {
  const found = LOCKFILES.find(([file]) => existsSync(join(folder, file)))?.[1];
  if (found !== undefined) return isInstalled(found, path) ? found : 'npm';
  return dirname(folder) === folder ? 'npm' : managerOf(dirname(folder), path);
}

/** A word as a shell would have to read it. */
function shown(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function lineOf(words: readonly string[]): { readonly line: string; readonly words: readonly Word[] } {
  let line = '';
  const placed = words.map((text): Word => {
    line += `${line === '' ? '' : ' '}${shown(text)}`;
    return { text, end: line.length };
  });
  return { line, words: placed };
}

/** The line without the arguments of the application, which may hold keys. */
export function withoutArguments({ line, command }: Pick<Target, 'line' | 'command'>): string {
  if (command.kind !== 'node' || command.entry === undefined) return line;
  const at = line.indexOf(command.entry, command.optionsAt);
  const end = at + command.entry.length;
  return at < 0 || line.slice(end).trim() === '' ? line : `${line.slice(0, end)} …`;
}

/**
 * Reads the words after `--`: the name of a script, or a command.
 *
 * @param path the variable `PATH`
 */
export function targetOf(words: readonly string[], folder: string, manifest: Manifest | undefined, path: string = ''): Target | undefined {
  const [first, ...args] = words;
  if (first === undefined) return undefined;
  const isScript = manifest !== undefined && Object.hasOwn(manifest.scripts, first) && !existsSync(join(folder, first));
  if (!isScript) {
    const written = lineOf(words);
    return { program: first, args, script: undefined, line: written.line, command: readCommand({ words: written.words, environment: {} }) };
  }
  const [start] = startsOfScript(manifest.scripts, first);
  const manager = managerOf(folder, path);
  const rest = manager === 'npm' && args.length > 0 ? ['--', ...args] : args;
  const silent = manager === 'npm' || manager === 'pnpm' ? ['--silent'] : [];
  return { program: manager, args: [...(manager === 'npm' ? [] : silent), 'run', ...(manager === 'npm' ? silent : []), first, ...rest], script: first, line: start?.line ?? '', command: start?.command ?? { program: '', environment: {}, kind: 'unknown' } };
}
