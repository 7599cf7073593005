import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where installations are kept: outside the checkout, beside the servers of test/backends. */
export const CACHE: string = join(process.env['OUTSPAN_CACHE_DIR'] || join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'outspan'), 'applications');

/** How many installations with other packages of ours are kept of one tree: of other branches, other sessions. */
const KEPT = 2;
const POLL_MS = 200;

/** Names what `parts` say, in any of their values. */
export function hashOfParts(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** The process that holds the lock; `undefined` where it has just let go of it. */
function holder(lock: string): number | undefined {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch {
    return undefined;
  }
}

let queue: Promise<unknown> = Promise.resolve();

async function locked<T>(work: () => Promise<T>): Promise<T> {
  mkdirSync(CACHE, { recursive: true });
  const lock = join(CACHE, '.lock');
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      const pid = holder(lock);
      // Whoever held it was killed.
      if (pid !== undefined && !Number.isNaN(pid) && !isAlive(pid)) rmSync(lock, { force: true });
      else await sleep(POLL_MS);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Runs `work` while nobody else, in this process or another, does so: two installations at once are slower than one after the other. */
export function exclusively<T>(work: () => Promise<T>): Promise<T> {
  const run = queue.then(() => locked(work));
  queue = run.catch(() => undefined);
  return run;
}

/**
 * The folder of that name in the cache, filled by `fill` unless it is there. It appears at once with all that is in it.
 * Call it within `exclusively`.
 */
export async function folder(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const path = join(CACHE, name);
  if (!existsSync(path)) {
    const workshop = join(CACHE, `.installing-${process.pid}-${name}`);
    rmSync(workshop, { recursive: true, force: true });
    mkdirSync(workshop, { recursive: true });
    try {
      await fill(workshop);
      renameSync(workshop, path);
    } finally {
      rmSync(workshop, { recursive: true, force: true });
    }
  }
  const now = new Date();
  utimesSync(path, now, now);
  return path;
}

/** Removes folders whose names begin with `prefix`, but for those that were used last. */
export function forgetOld(prefix: string): void {
  const lastUse = (name: string): number => statSync(join(CACHE, name)).mtimeMs;
  const names = readdirSync(CACHE).filter((name) => name.startsWith(prefix));
  for (const name of names.sort((one, other) => lastUse(other) - lastUse(one)).slice(KEPT)) rmSync(join(CACHE, name), { recursive: true, force: true });
}

/** Copies a folder by hard links, but for the files that package managers write again in place. */
export function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (entry.name === '.package-lock.json') cpSync(source, target);
    else linkSync(source, target);
  }
}
