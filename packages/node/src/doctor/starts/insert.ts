import type { Command } from './command.ts';

/** A module that loads Outspan before the application. */
export type Entry = '@outspan/node/register' | '@outspan/node/instrument';

/** A shell's line with the import added. Undefined if no line can do that. */
export function lineWith(line: string, command: Command, entry: Entry): string | undefined {
  if (command.kind === 'node' && command.optionsAt > 0) return `${line.slice(0, command.optionsAt)} --import ${entry}${line.slice(command.optionsAt)}`;
  if (command.kind !== 'node' && command.kind !== 'server' && command.kind !== 'unknown') return undefined;
  return `NODE_OPTIONS="--import ${entry}" ${line}`;
}

/** A list of words, as in a Dockerfile, with the import added. */
export function wordsWith(words: readonly string[], command: Command, entry: Entry): readonly string[] | undefined {
  if (command.kind !== 'node') return undefined;
  const at = words.findIndex((word) => word === command.program.split(' ').at(-1));
  return at < 0 ? undefined : [...words.slice(0, at + 1), '--import', entry, ...words.slice(at + 1)];
}
