import { execFile } from 'node:child_process';
import { access, chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';

/**
 * The runtimes, from npm. Each comes as a package for the platform, which its main package asks for: nothing is run to install it.
 */
export const RUNTIMES = {
  bun: { name: 'bun', version: '1.4.5', packages: /^@oven\/bun-/, binary: process.platform === 'win32' ? 'bin/bun.exe' : 'bin/bun' },
  deno: { name: 'deno', version: '2.9.6', packages: /^@deno\//, binary: process.platform === 'win32' ? 'deno.exe' : 'deno' },
  workerd: { name: 'workerd', version: '1.20261117.1', packages: /^@cloudflare\/workerd-/, binary: 'bin/workerd' },
};

const CACHE = join(process.env.OUTSPAN_CACHE_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'outspan'), 'beyond-node');

async function exists(file) {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}

/** The package for this platform among those that a runtime has for each. */
async function platformPackage(folder, { packages }) {
  const { stdout } = await promisify(execFile)('npm', ['ls', '--all', '--json'], { cwd: folder, shell: process.platform === 'win32' });
  const installed = Object.values(JSON.parse(stdout).dependencies ?? {}).flatMap(({ dependencies }) => Object.keys(dependencies ?? {}));
  const found = [];
  for (const name of installed) if (packages.test(name) && (await exists(join(folder, 'node_modules', name, 'package.json')))) found.push(name);
  // Of builds for older processors there is one beside the usual one.
  return found.sort((a, b) => a.length - b.length)[0];
}

/**
 * Installs a runtime into the cache, unless it is there.
 *
 * @returns its executable
 */
export async function install(id, say) {
  const runtime = RUNTIMES[id];
  const { binary, name, version } = runtime;
  const folder = join(CACHE, `${name}-${version}`);
  const link = join(folder, 'executable.json');
  if (!(await exists(link))) {
    say(`installing ${name} ${version}`);
    const building = `${folder}.${process.pid}`;
    await mkdir(building, { recursive: true });
    await writeFile(join(building, 'package.json'), '{"private":true}');
    await promisify(execFile)('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${version}`], { cwd: building, shell: process.platform === 'win32' });
    const from = await platformPackage(building, runtime);
    if (from === undefined) throw new Error(`${name} ${version} has no package for this platform`);
    await writeFile(join(building, 'executable.json'), JSON.stringify(join('node_modules', from, binary)));
    await rm(folder, { recursive: true, force: true });
    await rename(building, folder).catch(async (error) => {
      // Another run was faster.
      await rm(building, { recursive: true, force: true });
      if (!(await exists(link))) throw error;
    });
  }
  const executable = join(folder, JSON.parse(await readFile(link, 'utf8')));
  await chmod(executable, 0o755);
  return executable;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const id of Object.keys(RUNTIMES)) console.log(await install(id, (line) => console.error(line)));
}
