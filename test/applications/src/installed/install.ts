import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tree } from '../trees.ts';
import { exclusively, folder, forgetOld, hashOfParts, linkTree } from './cache.ts';
import { MANAGERS } from './managers.ts';

/** The packed packages, where they can be had. */
export interface Served {
  readonly registry: string;
  /** Of all packages: they share one. */
  readonly version: string;
  /** Names their content. */
  readonly hash: string;
}

/** What a package manager did. */
export interface Managed {
  readonly code: number | null;
  readonly output: string;
  /** What `npm ls` finds wrong with the tree, in its words. */
  readonly problems: readonly string[];
  /** The versions of each package that are there. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
}

/** A tree on disk, with the applications in a folder of it. */
export interface Installed {
  /** The top of the tree. */
  readonly root: string;
  /** The folder with the applications. */
  readonly apps: string;
  readonly managed: Managed;
}

/** A tree as it was, and with Outspan added. */
export interface Added {
  readonly before: Installed;
  readonly after: Installed;
}

const APPS = fileURLToPath(new URL('../../apps/', import.meta.url));
const RECORD = '.installed.json';
/** To be raised when the way of installing changes. */
const RECIPE = 2;
const LONGEST_MS = 10 * 60_000;
const A_DAY_MS = 24 * 60 * 60_000;
const CONFLICT = /ERESOLVE/;
/** What makes a tree of npm's. */
const COPIED = ['package.json', 'package-lock.json'];
const LINKED = ['node_modules', 'members'];

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly output: string;
}

/** A package manager takes settings for its own from the script that runs it: `npm test` sets a folder, for one. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:npm_(?:package|lifecycle|command|execpath|node_execpath|config_(?:local_prefix|global_prefix|prefix|recursive|filter|frozen_lockfile))|PNPM_|INIT_CWD|NODE_OPTIONS$|CI$)/i.test(name)));
}

async function run([command = '', ...args]: readonly string[], cwd: string): Promise<Ran> {
  const child = spawn(command, args, { cwd, env: environment(), stdio: ['ignore', 'pipe', 'pipe'], timeout: LONGEST_MS });
  let stdout = '';
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(child, 'close');
  return { code: child.exitCode, stdout, output };
}

interface Listed {
  readonly version?: string;
  readonly problems?: readonly string[];
  readonly dependencies?: Readonly<Record<string, Listed>>;
}

function collect(listed: Listed, into: Map<string, Set<string>>): void {
  for (const [name, one] of Object.entries(listed.dependencies ?? {})) {
    if (one.version !== undefined) into.set(name, (into.get(name) ?? new Set()).add(one.version));
    collect(one, into);
  }
}

/** Runs a package manager, and again where the network failed it: what is wrong with the tree is a finding and kept, what is wrong with the machine is not. */
async function persist(argv: readonly string[], cwd: string, tries: number = 3): Promise<Ran> {
  const ran = await run(argv, cwd);
  return ran.code === 0 || CONFLICT.test(ran.output) || tries === 1 ? ran : persist(argv, cwd, tries - 1);
}

async function manage(argv: readonly string[], list: readonly string[] | undefined, cwd: string): Promise<Managed> {
  const { code, output } = await persist(argv, cwd);
  if (code !== 0 && !CONFLICT.test(output)) throw new Error(`${argv.join(' ')} failed: ${output.slice(-4_000)}`);
  if (code !== 0 || list === undefined) return { code, output, problems: [], versions: {} };
  const listed = JSON.parse((await run(list, cwd)).stdout) as Listed;
  const versions = new Map<string, Set<string>>();
  collect(listed, versions);
  const found = [...versions].map(([name, all]) => [name, [...all].sort()] as const);
  // A folder of this moment's stands in them.
  const problems = (listed.problems ?? []).map((problem) => problem.replaceAll(cwd, '.'));
  return { code, output, problems, versions: Object.fromEntries(found) };
}

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
}

function manifests({ dependencies, members = {} }: Tree, added: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names = Object.keys(members);
  const top = { name: 'application', private: true, ...(names.length > 0 && { workspaces: names.map((name) => `members/${name}`) }), dependencies: { ...dependencies, ...Object.fromEntries(names.map((name) => [`@application/${name}`, '*'])), ...added } };
  return {
    'package.json': JSON.stringify(top, undefined, 2),
    ...Object.fromEntries(names.map((name) => [`members/${name}/package.json`, JSON.stringify({ name: `@application/${name}`, version: '1.0.0', exports: './index.cjs', dependencies: members[name] }, undefined, 2)])),
  };
}

function copyMembers({ members = {} }: Tree, root: string): void {
  for (const name of Object.keys(members)) cpSync(join(APPS, 'members', name), join(root, 'members', name), { recursive: true });
}

function keep(root: string, managed: Managed): void {
  writeFileSync(join(root, RECORD), JSON.stringify(managed));
}

/** The content of a folder, by which a changed application is another one. */
function contentOf(path: string): readonly unknown[] {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [join(entry.parentPath, entry.name).slice(path.length), readFileSync(join(entry.parentPath, entry.name), 'utf8')] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Puts the applications into a tree. They are in a folder beneath it, where they find what is installed. */
function withApplications(root: string): Installed {
  const apps = join(root, `app-${hashOfParts(contentOf(APPS))}`);
  if (!existsSync(apps)) {
    const workshop = `${apps}-${process.pid}`;
    cpSync(APPS, workshop, { recursive: true });
    for (const name of readdirSync(root).filter((name) => name.startsWith('app-'))) {
      // Not one that another checkout is running just now.
      if (Date.now() - statSync(join(root, name)).mtimeMs > A_DAY_MS) rmSync(join(root, name), { recursive: true, force: true });
    }
    renameSync(workshop, apps);
  }
  return { root, apps, managed: JSON.parse(readFileSync(join(root, RECORD), 'utf8')) as Managed };
}

async function add(tree: Tree, served: Served): Promise<Added> {
  const { manager = 'npm', outspan = ['@outspan/node'] } = tree;
  const managing = MANAGERS[manager];
  const files = managing.files?.(served.registry) ?? {};
  const membersOf = Object.keys(tree.members ?? {}).flatMap((name) => contentOf(join(APPS, 'members', name)));
  const name = hashOfParts(RECIPE, manager, tree.dependencies, tree.members ?? {}, membersOf, process.platform, process.arch);
  const nameAfter = `${name}-${hashOfParts(served.hash, outspan)}`;
  const packages = Object.fromEntries(outspan.map((one) => [one, served.version]));

  const before = await folder(name, async (root) => {
    write(root, { ...manifests(tree, {}), ...files });
    copyMembers(tree, root);
    const managed = await manage(managing.install, managing.list, root);
    if (managed.code !== 0) throw new Error(`a tree with ${tree.name} cannot be installed even without Outspan: ${managed.output}`);
    keep(root, managed);
  });
  const after = await folder(nameAfter, async (root) => {
    const { add: adding } = managing;
    managing.forget?.();
    if (adding === undefined) {
      write(root, { ...manifests(tree, packages), ...files });
      keep(root, await manage(managing.install, managing.list, root));
      return;
    }
    for (const name of COPIED.filter((name) => existsSync(join(before, name)))) cpSync(join(before, name), join(root, name));
    for (const name of LINKED.filter((name) => existsSync(join(before, name)))) linkTree(join(before, name), join(root, name));
    write(root, files);
    keep(root, await manage([...adding, ...outspan.map((one) => `${one}@${packages[one]}`)], managing.list, root));
  });
  forgetOld(`${name}-`);
  return { before: withApplications(before), after: withApplications(after) };
}

const known = new Map<Tree, Promise<Added>>();

/**
 * Installs a tree, and adds Outspan to it; once, whoever asks. What is there already is used: the tree as long as its
 * versions are the same, what was added as long as our packages are.
 *
 * @throws Error with the package manager's output where it failed for another reason than a conflict
 */
export function installed(tree: Tree, served: Served): Promise<Added> {
  const found = known.get(tree) ?? exclusively(() => add(tree, served));
  known.set(tree, found);
  // Where it failed, the next one tries again.
  found.catch(() => known.delete(tree));
  return found;
}
