import { programOf, type Program } from './programs.ts';
import type { Word } from './words.ts';

/** A module that Node.js loads before the application. */
export interface Preload {
  readonly by: '--import' | '--require' | '--loader';
  readonly of: string;
}

/** What Node's options say, wherever they stand. */
export interface NodeOptions {
  readonly preloads: readonly Preload[];
  /** Files of variables. */
  readonly envFiles: readonly string[];
  /** Whether the permission model is on. */
  readonly permission: boolean;
}

/** What one command starts. */
export type Command = {
  /** The words of the program: `tsx watch`. */
  readonly program: string;
  /** Variables that the command sets. */
  readonly environment: Readonly<Record<string, string>>;
} & (
  | { readonly kind: 'node'; readonly options: NodeOptions; readonly entry: string | undefined; /** Where in the line to insert an option for Node.js. */ readonly optionsAt: number }
  /** Node.js, by another program. */
  | { readonly kind: 'server'; readonly fix?: string }
  | { readonly kind: 'scripts'; readonly scripts: readonly string[] }
  | { readonly kind: 'commands'; readonly lines: readonly string[] }
  | { readonly kind: 'runtime'; readonly name: string }
  | { readonly kind: 'tool' }
  | { readonly kind: 'unknown' }
);

const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

/** The options of Node.js that take their value from the next word. */
const VALUED: ReadonlySet<string> = new Set(['-C', '--conditions', '--inspect-port', '--input-type', '--watch-path', '--env-file', '--env-file-if-exists', '--title', '--icu-data-dir', '--diagnostic-dir', '--redirect-warnings', '--trace-event-categories', '--unhandled-rejections']);
const PRELOADING: Readonly<Record<string, Preload['by']>> = { '--import': '--import', '--require': '--require', '-r': '--require', '--loader': '--loader', '--experimental-loader': '--loader' };
const ENV_FILE: ReadonlySet<string> = new Set(['--env-file', '--env-file-if-exists']);
const PERMISSION: ReadonlySet<string> = new Set(['--permission', '--experimental-permission']);
/** Options that run something else than a file. */
const WITHOUT_ENTRY: ReadonlySet<string> = new Set(['-e', '--eval', '-p', '--print', '-pe', '--test', '--run', '-']);

interface ReadOptions extends NodeOptions {
  readonly rest: readonly string[];
  readonly withoutEntry: boolean;
}

/** Reads Node's options up to the first word that is none. */
function readOptions(words: readonly string[], valued: readonly string[] = []): ReadOptions {
  const [preloads, envFiles]: [Preload[], string[]] = [[], []];
  let permission = false;
  let withoutEntry = false;
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') {
      at++;
      break;
    }
    if (!word.startsWith('-')) break;
    const [, name = word, inline] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
    // `-e` is a list of endings to nodemon.
    withoutEntry ||= WITHOUT_ENTRY.has(name) && !valued.includes(name);
    permission ||= PERMISSION.has(name);
    const by = Object.hasOwn(PRELOADING, name) ? PRELOADING[name] : undefined;
    const takesNext = inline === undefined && (by !== undefined || VALUED.has(name) || valued.includes(name));
    const value = takesNext ? words[++at] : inline;
    if (by !== undefined && value !== undefined) preloads.push({ by, of: value });
    if (ENV_FILE.has(name) && value !== undefined) envFiles.push(value);
  }
  return { preloads, envFiles, permission, withoutEntry, rest: words.slice(at) };
}

/** Reads a value of `NODE_OPTIONS`. Double quotes hold spaces; backslashes escape within them. */
export function readNodeOptions(value: string): NodeOptions {
  const words = [...value.matchAll(/(?:"(?:\\.|[^"\\])*"|\S)+/g)].map(([word]) => word.replaceAll(/"((?:\\.|[^"\\])*)"/g, (_, inner: string) => inner.replaceAll(/\\(.)/g, '$1')));
  const { preloads, envFiles, permission } = readOptions(words);
  return { preloads, envFiles, permission };
}

interface Read {
  readonly words: readonly Word[];
  readonly environment: Readonly<Record<string, string>>;
}

function withoutAssignments({ words, environment }: Read): Read {
  const first = words.findIndex(({ text }) => !ASSIGNMENT.test(text));
  const assignments = words.slice(0, first < 0 ? words.length : first).flatMap(({ text }) => {
    const [, name, value = ''] = ASSIGNMENT.exec(text) ?? [];
    return name === undefined ? [] : [[name, value] as const];
  });
  return { words: first < 0 ? [] : words.slice(first), environment: { ...environment, ...Object.fromEntries(assignments) } };
}

/** The words after a program's subcommand and options. */
function behind(words: readonly Word[], { subcommands = [], valued = [] }: { readonly subcommands?: readonly string[]; readonly valued?: readonly string[] }): readonly Word[] {
  const skipped = words[0] !== undefined && subcommands.includes(words[0].text) ? words.slice(1) : words;
  const { rest } = readOptions(skipped.map(({ text }) => text), valued);
  return skipped.slice(skipped.length - rest.length);
}

type Of<K extends Program['kind']> = Extract<Program, { kind: K }>;

function ofNode({ words, environment }: Read, program: Of<'node'>): Command {
  const [name, ...all] = words;
  const subcommand = all[0] !== undefined && program.subcommands?.includes(all[0].text) === true ? all[0] : undefined;
  const args = subcommand === undefined ? all : all.slice(1);
  const { rest, withoutEntry, ...options } = readOptions(args.map(({ text }) => text), program.valued);
  const run = args.find(({ text }) => text === '--run' || text.startsWith('--run='));
  const script = run === undefined ? undefined : (run.text.split('=')[1] ?? args[args.indexOf(run) + 1]?.text);
  const shown = [name, subcommand].flatMap((word) => word?.text ?? []).join(' ');
  if (script !== undefined) return { program: shown, environment, kind: 'scripts', scripts: [script] };
  if (withoutEntry) return { program: shown, environment, kind: 'tool' };
  return { program: shown, environment, kind: 'node', options, entry: rest[0], optionsAt: (subcommand ?? name)?.end ?? 0 };
}

const ELSEWHERE = /^(?:--prefix|--filter|-F|--workspace|-w|--cwd|-C)(?:=|$)/;

function ofScripts({ words, environment }: Read, { verbs, any }: Of<'scripts'>): Command {
  const [name, ...args] = words;
  const shown = name?.text ?? '';
  const unknown: Command = { program: shown, environment, kind: 'unknown' };
  if (args.some(({ text }) => ELSEWHERE.test(text))) return unknown;
  const named = args.filter(({ text }) => !text.startsWith('-'));
  const [verb, target] = named;
  if (verb === undefined) return unknown;
  if (verb.text === 'exec' || verb.text === 'dlx' || (verb.text === 'node' && shown === 'yarn')) return readCommand({ words: args.slice(args.indexOf(verb) + (verb.text === 'node' ? 0 : 1)), environment });
  if (['run', 'run-script'].includes(verb.text)) return target === undefined ? unknown : { program: shown, environment, kind: 'scripts', scripts: [target.text] };
  if (any === 'all') return { program: shown, environment, kind: 'scripts', scripts: named.map(({ text }) => text) };
  return verbs.includes(verb.text) || any === 'first' ? { program: shown, environment, kind: 'scripts', scripts: [verb.text] } : unknown;
}

/** `sh -c "…"` and the like. No option can be inserted into its line. */
function ofShell({ words, environment }: Read): Command {
  const at = words.findIndex(({ text }) => /^-\w*c$/.test(text));
  const line = at < 0 ? undefined : words[at + 1]?.text;
  const inner = line === undefined ? undefined : readCommand({ words: line.trim().split(/\s+/).map((text) => ({ text, end: 0 })), environment });
  return inner ?? { program: words[0]?.text ?? '', environment, kind: 'unknown' };
}

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'zsh', 'ash', 'dash']);

type Reader<K extends Program['kind']> = (read: Read, program: Of<K>, name: string) => Command;

const READERS: { readonly [K in Program['kind']]: Reader<K> } = {
  node: ofNode,
  wrapper: ({ words, environment }, program) => readCommand({ words: behind(words.slice(1), program), environment }),
  scripts: ofScripts,
  commands: ({ words, environment }, _, name) => ({ program: name, environment, kind: 'commands', lines: words.slice(1).map(({ text }) => text).filter((text) => !text.startsWith('-')) }),
  server: ({ environment }, { fix }, name) => ({ program: name, environment, kind: 'server', ...(fix !== undefined && { fix }) }),
  runtime: ofRuntime,
  tool: ({ environment }, _, name) => ({ program: name, environment, kind: 'tool' }),
};

function ofRuntime({ words, environment }: Read, runtime: Of<'runtime'>, name: string): Command {
  const [, verb, script] = words;
  // `bun run start` runs the script, which may be Node.js again.
  if (name === 'bun' && verb?.text === 'run' && script !== undefined && /^[\w:-]+$/.test(script.text)) return { program: name, environment, kind: 'scripts', scripts: [script.text] };
  return { program: name, environment, kind: 'runtime', name: runtime.name };
}

function readBy<K extends Program['kind']>(read: Read, program: Of<K> & { readonly kind: K }, name: string): Command {
  const kind: K = program.kind;
  return READERS[kind](read, program, name);
}

/** Reads what a command starts. */
export function readCommand(given: Read): Command {
  const read = withoutAssignments(given);
  const [first] = read.words;
  if (first === undefined) return { program: '', environment: read.environment, kind: 'tool' };
  const { name, program } = programOf(first.text);
  if (SHELLS.has(name)) return ofShell(read);
  return program === undefined ? { program: name, environment: read.environment, kind: 'unknown' } : readBy(read, program, name);
}
