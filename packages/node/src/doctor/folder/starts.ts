import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
// The default, since older versions of Node.js have no `parseEnv`.
import util from 'node:util';
import { readNodeOptions, type NodeOptions, type Preload } from '../starts/command.ts';
import { startsOfDockerfile, startsOfProcfile, startsOfScripts, type Start } from '../starts/starts.ts';
import { entryBehind, packageIn, type OutspanEntry } from '../sources/code.ts';
import { knownSdks } from '../sdks.ts';
import { fileAt, reachedFrom, sourcesOf, type Reached, type SourceFile } from '../sources/files.ts';
import { folderWith, manifestIn, type Manifest } from './manifest.ts';
import { placeOf } from './reachable.ts';

/** How a start loads Outspan. */
export type Carried =
  | { readonly state: 'yes'; readonly entry: OutspanEntry; /** `source`: by a line of the application. */ readonly by: Preload['by'] | 'source'; /** The file that imports it, from the folder. */ readonly file?: string }
  | { readonly state: 'maybe'; readonly why: string }
  | { readonly state: 'no' };

/** A command that starts the application, with everything known about what it starts. */
export interface ExaminedStart extends Start {
  readonly outspan: Carried;
  /** Variables that the process has in addition to those of the environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** Modules that Node.js loads first. */
  readonly preloads: readonly Preload[];
  /** The file that it runs, from the folder; and whether that is there. */
  readonly entry?: { readonly file: string; readonly exists: boolean };
  /** The application's files that it loads, as far as they are known. */
  readonly reached: readonly SourceFile[];
  /** Whether one of those uses an LLM SDK; undefined where they are not known. */
  readonly usesSdk: boolean | undefined;
  /** SDKs that are loaded before Outspan, though a file of the same graph imports it. */
  readonly loadedFirst: { readonly file: string; readonly sdks: readonly string[] } | undefined;
}

/** The application around a start. */
interface Around {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** `node-options` of the .npmrc that is in force: package managers set `NODE_OPTIONS` by it for scripts. */
function npmrcOptions(folder: string): string | undefined {
  const place = folderWith('.npmrc', folder);
  const text = place === undefined ? undefined : textOf(join(place, '.npmrc'));
  return text === undefined ? undefined : /^\s*node-options\s*=\s*(.+?)\s*$/m.exec(text)?.[1]?.replace(/^"(.*)"$/, '$1');
}

/** Variables of the files that `--env-file` names. */
function fileVariables(folder: string, { envFiles }: NodeOptions): Record<string, string> {
  const texts = envFiles.flatMap((file) => textOf(resolve(folder, file)) ?? []);
  return Object.fromEntries(texts.flatMap((text) => Object.entries(util.parseEnv(text)).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]]))));
}

/** Finds a file by its path. For a path inside an image, finds the end of that path here. */
function localFile(folder: string, path: string): string | undefined {
  const direct = fileAt(resolve(folder, path));
  if (direct !== undefined || !isAbsolute(path)) return direct;
  const parts = path.split('/').filter((part) => part !== '');
  return parts.map((_, index) => fileAt(join(folder, ...parts.slice(index)))).find((file) => file !== undefined);
}

const NO_OPTIONS: NodeOptions = { preloads: [], envFiles: [], permission: false };

function optionsOf(value: string | undefined): NodeOptions {
  return value === undefined ? NO_OPTIONS : readNodeOptions(value);
}

/** Whether a package depends on Outspan, and may bring it in. */
function dependsOnOutspan(name: string, folder: string): boolean {
  const place = placeOf(name, folder);
  const manifest = place === undefined ? undefined : manifestIn(place);
  return manifest !== undefined && Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).some((dependency) => dependency.startsWith('@outspan/'));
}

function carriedBySources(files: readonly SourceFile[], folder: string): Carried {
  for (const { path, code } of files) if (code.outspan !== undefined) return { state: 'yes', entry: code.outspan, by: 'source', file: relative(folder, path) };
  const others = new Set(files.flatMap(({ code }) => code.imports.flatMap(({ of }) => packageIn(of) ?? [])));
  const bringing = [...others].find((name) => !name.startsWith('@outspan/') && dependsOnOutspan(name, folder));
  return bringing === undefined ? { state: 'no' } : { state: 'maybe', why: `it imports ${bringing}, which depends on Outspan` };
}

function carriedBy({ by, of }: Preload, folder: string): Carried {
  const entry = entryBehind(of);
  if (entry === 'register' || entry === 'instrument') return { state: 'yes', entry, by };
  const isFile = /^(?:\.|\/|file:)/.test(of);
  const file = isFile ? localFile(folder, of.replace(/^file:\/\//, '')) : undefined;
  if (file !== undefined) {
    const carried = carriedBySources(reachedFrom(file).files, folder);
    return carried.state === 'yes' ? { ...carried, by } : carried;
  }
  if (isFile) return { state: 'maybe', why: `${of} is not here` };
  const name = packageIn(of);
  return name !== undefined && !name.startsWith('@outspan/') && dependsOnOutspan(name, folder) ? { state: 'maybe', why: `${of} is loaded first, and ${name} depends on Outspan` } : { state: 'no' };
}

const ORDER: Readonly<Record<Carried['state'], number>> = { yes: 0, maybe: 1, no: 2 };

function surest(carried: readonly Carried[]): Carried {
  return carried.toSorted((one, other) => ORDER[one.state] - ORDER[other.state])[0] ?? { state: 'no' };
}

function sdksIn({ code, bundles }: SourceFile): string[] {
  return [...bundles, ...code.imports.flatMap(({ of }) => packageIn(of) ?? []).filter((name) => knownSdks().has(name))];
}

function usesSdk(files: readonly SourceFile[]): boolean | undefined {
  return files.length === 0 ? undefined : files.some((file) => sdksIn(file).length > 0);
}

/** The SDKs in an entry's static graph of ES modules, if a module of that graph imports Outspan. */
function loadedFirst(entry: string, carried: Carried, folder: string): ExaminedStart['loadedFirst'] {
  if (carried.state !== 'yes' || carried.by !== 'source') return undefined;
  const graph = reachedFrom(entry, (by) => by === 'static').files.filter(({ format }) => format === 'esm');
  const importing = graph.find(({ code, path }) => code.outspan !== undefined && relative(folder, path) === carried.file && code.imports.some(({ by, of }) => by === 'static' && of.startsWith('@outspan/')));
  const sdks = graph.flatMap(({ code }) => code.imports.filter(({ by }) => by === 'static').flatMap(({ of }) => packageIn(of) ?? [])).filter((name) => knownSdks().has(name));
  return importing === undefined || sdks.length === 0 ? undefined : { file: relative(folder, importing.path), sdks: [...new Set(sdks)] };
}

const NOTHING: Reached = { files: [], whole: true };

function examineStart(start: Start, { folder, environment }: Around): ExaminedStart {
  const { command, place } = start;
  const own = command.kind === 'node' ? command.options : NO_OPTIONS;
  const variables = { ...fileVariables(folder, own), ...start.environment, ...command.environment };
  const ofHere = place.file === 'package.json' ? (npmrcOptions(folder) ?? environment['NODE_OPTIONS']) : undefined;
  const inherited = variables['NODE_OPTIONS']?.replace(/\$\{?NODE_OPTIONS\}?/, ofHere ?? '') ?? ofHere;
  const preloads = [...optionsOf(inherited).preloads, ...own.preloads];
  const path = command.kind === 'node' && command.entry !== undefined ? localFile(folder, command.entry) : undefined;
  // Another program may run any source.
  const reached = path !== undefined ? reachedFrom(path) : command.kind === 'server' || command.kind === 'runtime' ? { files: sourcesOf(folder), whole: true } : NOTHING;
  const notBuilt: readonly Carried[] = command.kind === 'node' && command.entry !== undefined && path === undefined ? notBuiltYet(command.entry, folder) : [];
  const outspan = surest([...preloads.map((preload) => carriedBy(preload, folder)), carriedBySources(reached.files, folder), ...notBuilt]);
  return {
    ...start,
    variables,
    preloads,
    outspan,
    usesSdk: usesSdk(reached.files),
    loadedFirst: path === undefined ? undefined : loadedFirst(path, outspan, folder),
    ...(command.kind === 'node' && command.entry !== undefined && { entry: { file: path === undefined ? command.entry : relative(folder, path), exists: path !== undefined } }),
    reached: reached.files,
  };
}

/** If the file to run is not built yet, its sources may load Outspan. */
function notBuiltYet(entry: string, folder: string): Carried[] {
  const carried = carriedBySources(sourcesOf(folder), folder);
  return carried.state === 'yes' ? [{ state: 'maybe', why: `${entry} is not built yet, and ${carried.file ?? 'a source'} imports Outspan` }] : [carried];
}

function dockerfiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^(?:[\w.-]*\.)?(?:Docker|Container)file(?:\.[\w.-]+)?$/i.test(name));
  } catch {
    return [];
  }
}

/** Every command in a folder that starts the application. */
export function examineStarts(folder: string, manifest: Manifest | undefined, environment: NodeJS.ProcessEnv): ExaminedStart[] {
  const scripts = manifest?.scripts ?? {};
  const procfile = textOf(join(folder, 'Procfile'));
  const found = [
    ...startsOfScripts(scripts),
    ...dockerfiles(folder).flatMap((file) => startsOfDockerfile(textOf(join(folder, file)) ?? '', scripts, file)),
    ...(procfile === undefined ? [] : startsOfProcfile(procfile, scripts)),
  ];
  const key = ({ place, line, environment: set }: Start): string => JSON.stringify([place.file, place.name, line, set]);
  return [...new Map(found.map((start) => [key(start), start])).values()].map((start) => examineStart(start, { folder, environment }));
}

/** Marks of other runtimes in a folder or around it. */
export function marksOf(folder: string): { readonly bun: string | undefined; readonly deno: string | undefined } {
  const mark = (names: readonly string[]): string | undefined => names.find((name) => existsSync(join(folder, name)));
  return { bun: mark(['bun.lock', 'bun.lockb', 'bunfig.toml']), deno: mark(['deno.json', 'deno.jsonc', 'deno.lock']) };
}
