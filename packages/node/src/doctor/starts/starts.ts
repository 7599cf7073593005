import { readCommand, type Command } from './command.ts';
import { commandsIn, type Word } from './words.ts';

/** Where a command was found that starts the application. */
export interface Place {
  /** `package.json`, `Dockerfile`, `Procfile`. */
  readonly file: string;
  /** What it is called there: `scripts.start`, `CMD`, `web`. */
  readonly name: string;
  /** Of the file, where it matters. */
  readonly line?: number;
}

/** A command that starts the application. */
export interface Start {
  readonly place: Place;
  /** As it is written. */
  readonly line: string;
  readonly command: Command;
  /** The words, where the line is a list of words. */
  readonly words?: readonly string[];
  /** Scripts for development may go without Outspan. */
  readonly use: 'production' | 'development';
  /** Variables that are set for it elsewhere: `ENV` of a Dockerfile. */
  readonly environment: Readonly<Record<string, string>>;
  /** The Node.js version of its image, if that is one of Node's: `20.11`. */
  readonly image?: string;
}

/** Names of scripts that start an application. */
const PRODUCTION = /^(?:start|serve|server|worker|prod|production)(?::|$)/;
const DEVELOPMENT = /^(?:dev|develop|watch)(?::|$)|^start:dev/;

type Scripts = Readonly<Record<string, string>>;

/** How deep scripts may run scripts. */
const DEEPEST = 5;

interface Resolved {
  readonly place: Place;
  readonly line: string;
  readonly command: Command;
}

/** The commands that a line starts. Follows scripts; leaves tools out. */
function resolved(line: string, place: Place, scripts: Scripts, environment: Readonly<Record<string, string>>, deepest: number = DEEPEST): Resolved[] {
  return commandsIn(line).flatMap((words): Resolved[] => {
    const command = readCommand({ words, environment });
    if (command.kind === 'tool') return [];
    if (command.kind === 'commands' && deepest > 0) return command.lines.flatMap((inner) => resolved(inner.replace(/^npm:/, 'npm run '), { ...place }, scripts, command.environment, deepest - 1).map((one) => ({ ...one, line })));
    if (command.kind !== 'scripts') return [{ place, line, command }];
    return command.scripts.flatMap((name): Resolved[] => {
      const script = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
      // Package managers run installed programs by the same words.
      if (script === undefined && place.name !== `scripts.${name}`) return [{ place, line, command: readCommand({ words: [{ text: name, end: 0 }], environment: command.environment }) }];
      return script === undefined || deepest === 0 ? [] : resolved(script, { file: 'package.json', name: `scripts.${name}` }, scripts, command.environment, deepest - 1);
    });
  });
}

function isTool({ command }: { readonly command: Command }): boolean {
  return command.kind === 'tool';
}

function unique(starts: readonly Start[]): Start[] {
  const key = ({ place, line, command }: Start): string => `${place.file} ${place.name} ${line} ${command.program}`;
  return [...new Map(starts.map((start) => [key(start), start])).values()];
}

/** What the scripts of a package.json start. */
export function startsOfScripts(scripts: Scripts): Start[] {
  const found = Object.entries(scripts).flatMap(([name, line]): Start[] => {
    const use = DEVELOPMENT.test(name) ? 'development' : PRODUCTION.test(name) ? 'production' : undefined;
    if (use === undefined) return [];
    return resolved(line, { file: 'package.json', name: `scripts.${name}` }, scripts, {}).filter((one) => !isTool(one)).map((one) => ({ ...one, use, environment: {} }));
  });
  // A script that others run is found several times.
  return unique(found);
}

/** What one script starts, whatever it is called. */
export function startsOfScript(scripts: Scripts, name: string): Start[] {
  return unique(resolved(scripts[name] ?? '', { file: 'package.json', name: `scripts.${name}` }, scripts, {}).map((one): Start => ({ ...one, use: 'production', environment: {} })));
}

/** What a Procfile starts. */
export function startsOfProcfile(text: string, scripts: Scripts): Start[] {
  return text.split('\n').flatMap((written, index): Start[] => {
    const [, name, line] = /^([\w-]+):\s*(.+)$/.exec(written.trim()) ?? [];
    if (name === undefined || line === undefined || name === 'release') return [];
    return resolved(line, { file: 'Procfile', name, line: index + 1 }, scripts, {}).map((one) => ({ ...one, use: 'production', environment: {} }));
  });
}

interface Instruction {
  readonly name: string;
  readonly text: string;
  readonly line: number;
}

/** The instructions of a Dockerfile, with continued lines in one. */
function instructionsIn(text: string): Instruction[] {
  const found: Instruction[] = [];
  let begun: { text: string; line: number } | undefined;
  for (const [index, written] of text.split('\n').entries()) {
    if (/^\s*(?:#|$)/.test(written)) continue;
    begun = { text: `${begun?.text ?? ''}${written.trim().replace(/\\$/, ' ')}`, line: begun?.line ?? index + 1 };
    if (/\\\s*$/.test(written)) continue;
    const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/s.exec(begun.text) ?? [];
    found.push({ name: name.toUpperCase(), text: rest.trim(), line: begun.line });
    begun = undefined;
  }
  return found;
}

function variablesIn(text: string): Record<string, string> {
  const [words = []] = commandsIn(text);
  if (words[0] !== undefined && !words[0].text.includes('=')) return { [words[0].text]: words.slice(1).map((word) => word.text).join(' ') };
  return Object.fromEntries(words.map(({ text: word }): [string, string] => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
}

function listIn(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((word) => typeof word === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}

function wordsOf(list: readonly string[]): Word[] {
  return list.map((text) => ({ text, end: 0 }));
}

interface Stage {
  readonly environment: Readonly<Record<string, string>>;
  readonly image: string | undefined;
  readonly command: Instruction | undefined;
  readonly entrypoint: Instruction | undefined;
}

const NOTHING: Stage = { environment: {}, image: undefined, command: undefined, entrypoint: undefined };

/** The last stage, which is the one that runs, with what it inherits from earlier stages. */
function lastStage(text: string): Stage {
  const stages = new Map<string, Stage>();
  let name = '';
  let stage = NOTHING;
  for (const instruction of instructionsIn(text)) {
    const { name: kind, text: rest } = instruction;
    if (kind === 'FROM') {
      const [, base = '', alias = ''] = /^(?:--\S+\s+)*(\S+)(?:\s+[Aa][Ss]\s+(\S+))?/.exec(rest) ?? [];
      stage = stages.get(base) ?? { ...NOTHING, image: /(?:^|\/)node:v?(\d+(?:\.\d+)*)/.exec(base)?.[1] };
      name = alias;
    }
    if (kind === 'ENV') stage = { ...stage, environment: { ...stage.environment, ...variablesIn(rest) } };
    if (kind === 'CMD') stage = { ...stage, command: instruction };
    if (kind === 'ENTRYPOINT') stage = { ...stage, entrypoint: instruction };
    stages.set(name, stage);
  }
  return stage;
}

/** What a Dockerfile starts. */
export function startsOfDockerfile(text: string, scripts: Scripts, file: string = 'Dockerfile'): Start[] {
  const { command, entrypoint, environment, image } = lastStage(text);
  const instruction = command ?? entrypoint;
  if (instruction === undefined) return [];
  const shared = { use: 'production', environment, ...(image !== undefined && { image }) } as const;
  const place: Place = { file, name: instruction.name, line: instruction.line };
  const [first, second] = [entrypoint, command].map((one) => (one === undefined ? [] : listIn(one.text)));
  if (first === undefined || second === undefined) {
    const line = instruction.text;
    return resolved(listIn(line)?.join(' ') ?? line, place, scripts, {}).map((one) => ({ ...one, ...shared }));
  }
  const words = [...first, ...second];
  const read = readCommand({ words: wordsOf(words), environment: {} });
  if (read.kind === 'scripts' || read.kind === 'commands') return resolved(words.join(' '), place, scripts, {}).map((one) => ({ ...one, ...shared }));
  return [{ place, line: words.join(' '), command: read, words: listIn(instruction.text) ?? words, ...shared }];
}
