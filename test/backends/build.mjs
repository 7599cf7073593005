// @ts-check
/**
 * Builds the servers that the tests talk to from their Go modules, once, into a cache folder outside the checkout.
 *
 * One folder in `build/` is one recipe: `recipe.json` and whatever files it names. Two kinds:
 *
 * - `collector`: `{ builder: 'module@version', config: 'builder.yaml', binary }`, made by the OpenTelemetry Collector's own builder;
 * - `module`: `{ module, version, binaries: { name: package } }`, main packages of a released module.
 *
 * Run: `node build.mjs [--check] [name …]`. With `--check` nothing is built, and the exit code says whether all is there.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, setPriority } from 'node:os';
import { join } from 'node:path';
import { argv, env, platform, arch, stderr } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A download that hangs must not hang a build for ever. The longest step takes three minutes on two idle cores. */
const LONGEST_STEP_MS = 30 * 60_000;

const recipes = fileURLToPath(new URL('build/', import.meta.url));

/** A recipe asks for a Go toolchain and there is none. */
export class GoMissing extends Error {
  constructor() {
    super('Go is not installed (no `go` on the PATH), and the test servers are not in the cache. Install Go from https://go.dev/dl/ and run `npm run test:backends` again.');
    this.name = 'GoMissing';
  }
}

/** Every server there is a recipe for. */
export async function names() {
  const entries = await readdir(recipes, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
}

/** The folder that a server's binaries are in, or would be once built. It is named by the hash of the recipe, so a changed recipe is a new folder. */
export async function folderOf(/** @type {string} */ name) {
  const all = await names();
  if (!all.includes(name)) throw new Error(`no recipe for ${name}; there are: ${all.join(', ')}`);
  const hash = createHash('sha256').update(`${platform} ${arch}\n`);
  for (const file of (await readdir(join(recipes, name))).sort()) hash.update(`${file}\n`).update(await readFile(join(recipes, name, file)));
  return join(cacheRoot(), `${name}-${hash.digest('hex').slice(0, 16)}`);
}

/** The folder of a server's binaries if they are built already. It appears at once with all that is in it. */
export async function built(/** @type {string} */ name) {
  const folder = await folderOf(name);
  return access(folder).then(() => folder, () => undefined);
}

/**
 * Builds a server unless it is built; returns the folder that its binaries are in.
 * @throws {GoMissing} where it has to be built and there is no Go
 */
export async function build(/** @type {string} */ name, /** @type {(line: string) => void} */ say = () => {}) {
  const done = await built(name);
  if (done) {
    say(`${name}: in the cache, ${done}`);
    return done;
  }
  const version = await goVersion();
  if (!version) throw new GoMissing();
  const folder = await folderOf(name);
  /** @type {CollectorRecipe | ModuleRecipe} */
  const recipe = JSON.parse(await readFile(join(recipes, name, 'recipe.json'), 'utf8'));
  // Only now: where there is no Go, not even an empty folder is left behind.
  await mkdir(cacheRoot(), { recursive: true });
  // Beside its final place: a rename is atomic only within one file system.
  const workshop = await mkdtemp(join(cacheRoot(), `.building-${name}-`));
  const started = Date.now();
  say(`${name}: building with ${version}; minutes the first time, then never again`);
  try {
    const product = join(workshop, 'product');
    await mkdir(product);
    if (recipe.kind === 'collector') await buildCollector(recipe, join(recipes, name), workshop, product);
    else await buildModule(recipe, workshop, product);
    await rename(product, folder).catch(async (error) => {
      // Somebody else was faster: theirs is as good.
      if (!(await built(name))) throw error;
    });
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
  say(`${name}: built in ${Math.round((Date.now() - started) / 1000)} s, ${folder}`);
  return folder;
}

/** @typedef {{ kind: 'collector', builder: string, config: string, binary: string }} CollectorRecipe */
/** @typedef {{ kind: 'module', module: string, version: string, binaries: Record<string, string> }} ModuleRecipe */

async function buildCollector(/** @type {CollectorRecipe} */ recipe, /** @type {string} */ folder, /** @type {string} */ workshop, /** @type {string} */ product) {
  const source = join(workshop, 'source');
  await go(['install', recipe.builder], workshop, { GOBIN: workshop });
  const config = (await readFile(join(folder, recipe.config), 'utf8')).replace(/^dist:\n/m, `dist:\n  output_path: ${JSON.stringify(source)}\n`);
  await writeFile(join(workshop, 'builder.yaml'), config);
  await run(join(workshop, 'builder'), ['--config', 'builder.yaml', '--ldflags', '-s -w'], workshop);
  await rename(join(source, recipe.binary), join(product, recipe.binary));
}

/**
 * `go install module@version` refuses a main module whose go.mod has `replace` or `exclude`. So a module of our own requires it, and takes over
 * those blocks and its checksums (from the module's own zip, which the checksum database vouches for).
 */
async function buildModule(/** @type {ModuleRecipe} */ recipe, /** @type {string} */ workshop, /** @type {string} */ product) {
  const source = join(workshop, 'source');
  await mkdir(source);
  const { Dir: theirs } = JSON.parse(await go(['mod', 'download', '-json', `${recipe.module}@${recipe.version}`], workshop));
  const mod = JSON.parse(await go(['mod', 'edit', '-json', join(theirs, 'go.mod')], workshop));
  await writeFile(join(source, 'go.mod'), goMod(recipe, mod));
  await cp(join(theirs, 'go.sum'), join(source, 'go.sum'));
  await chmod(join(source, 'go.sum'), 0o644);
  for (const [binary, path] of Object.entries(recipe.binaries)) {
    await go(['build', '-trimpath', '-ldflags=-s -w', '-o', join(product, binary), path], source);
  }
}

/** @typedef {{ Path: string, Version?: string }} ModuleVersion */

function goMod(/** @type {ModuleRecipe} */ recipe, /** @type {{ Go: string, Replace?: { Old: ModuleVersion, New: ModuleVersion }[], Exclude?: ModuleVersion[] }} */ theirs) {
  const version = (/** @type {ModuleVersion} */ { Path, Version }) => (Version ? `${Path} ${Version}` : Path);
  return [
    'module outspan.dev/test/server',
    `go ${theirs.Go}`,
    `require ${recipe.module} ${recipe.version}`,
    ...(theirs.Replace ?? []).map((replace) => `replace ${version(replace.Old)} => ${version(replace.New)}`),
    ...(theirs.Exclude ?? []).map((exclude) => `exclude ${version(exclude)}`),
    '',
  ].join('\n');
}

function cacheRoot() {
  const base = env.OUTSPAN_CACHE_DIR || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'outspan');
  return join(base, 'backends');
}

/** What `go version` says, or undefined where there is no Go. */
export async function goVersion() {
  return run('go', ['version'], '.').then((line) => line.trim().replace(/^go version /, ''), () => undefined);
}

function go(/** @type {string[]} */ args, /** @type {string} */ cwd, /** @type {Record<string, string>} */ more = {}) {
  return run('go', args, cwd, more);
}

/** Runs a command at low priority and on at most two cores; resolves to its stdout, rejects with what it said on stderr. */
function run(/** @type {string} */ command, /** @type {string[]} */ args, /** @type {string} */ cwd, /** @type {Record<string, string>} */ more = {}) {
  return new Promise((/** @type {(stdout: string) => void} */ resolve, reject) => {
    const child = spawn(command, args, { cwd, signal: AbortSignal.timeout(LONGEST_STEP_MS), stdio: ['ignore', 'pipe', 'pipe'], env: { ...env, GOWORK: 'off', GOFLAGS: '-mod=mod -p=2', GOMAXPROCS: '2', CGO_ENABLED: '0', ...more } });
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => { said.stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text) => { said.stderr = (said.stderr + text).slice(-20_000); });
    child.on('error', reject);
    child.on('spawn', () => {
      // A priority is a courtesy; some systems refuse it.
      try { setPriority(child.pid ?? 0, 10); } catch { /* as it was */ }
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(said.stdout);
      else reject(new Error(`${command} ${args.join(' ')}: ${signal ?? `exit code ${code}`}\n${said.stderr}`));
    });
  });
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  const say = (/** @type {string} */ line) => void stderr.write(`${line}\n`);
  const check = argv.includes('--check');
  const wanted = argv.slice(2).filter((argument) => argument !== '--check');
  try {
    for (const name of wanted.length > 0 ? wanted : await names()) {
      if (!check) await build(name, say);
      else if (!(await built(name))) throw new Error(`${name}: not built`);
    }
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
