import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const BUILD = fileURLToPath(new URL('../build.mjs', import.meta.url));

describe('building the servers', () => {
  let cache = '';
  beforeAll(async () => {
    cache = await mkdtemp(join(tmpdir(), 'outspan-cache-'));
  });
  afterAll(() => rm(cache, { recursive: true, force: true }));

  it('says plainly that Go is missing, and leaves nothing behind', async () => {
    const run = await runBuild(['collector'], { OUTSPAN_CACHE_DIR: cache, PATH: cache });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('Go is not installed');
    expect(await readdir(cache)).toEqual([]);
  });

  it('says with --check which server is not built, without building it', async () => {
    const run = await runBuild(['--check', 'jaeger'], { OUTSPAN_CACHE_DIR: cache });
    expect(run).toEqual({ exitCode: 1, stdout: '', stderr: 'jaeger: not built\n' });
    expect(await readdir(cache)).toEqual([]);
  });

  it('names a server that there is no recipe for', async () => {
    const run = await runBuild(['jeager'], { OUTSPAN_CACHE_DIR: cache });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('no recipe for jeager; there are: alertmanager, collector, jaeger, prometheus');
  });

  it('keeps each recipe in a folder of its own in the cache folder that the environment names', async () => {
    const byOwn = await folder('collector', { OUTSPAN_CACHE_DIR: cache });
    const byXdg = await folder('collector', { XDG_CACHE_HOME: cache });
    const byHome = await folder('collector', { HOME: cache });
    expect(basename(byOwn)).toMatch(/^collector-[0-9a-f]{16}$/);
    expect(dirname(byOwn)).toBe(join(cache, 'backends'));
    expect(dirname(byXdg)).toBe(join(cache, 'outspan', 'backends'));
    expect(dirname(byHome)).toBe(join(cache, '.cache', 'outspan', 'backends'));
  });
});

async function folder(name: string, env: Record<string, string>): Promise<string> {
  const script = `import { folderOf } from ${JSON.stringify(BUILD)}; process.stdout.write(await folderOf(${JSON.stringify(name)}));`;
  return (await run(['--input-type=module', '--eval', script], env)).stdout;
}

function runBuild(args: readonly string[], env: Record<string, string>): ReturnType<typeof run> {
  return run([BUILD, ...args], env);
}

function run(args: readonly string[], env: Record<string, string>): Promise<{ exitCode: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env, timeout: 20_000 }, (error, stdout, stderr) => resolve({ exitCode: error ? (error.code ?? error.signal) : 0, stdout, stderr }));
  });
}
