import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MANIFEST, readManifest } from './manifest.ts';
import type { OutputFile } from './output-file.ts';
import { writeOutput } from './write.ts';

const file = (path: string, text: string): OutputFile => ({ path, text });
const RULES = file('prometheus/rules.yaml', 'groups: []\n');
const BOARD = file('grafana/board.json', '{}\n');
const ALL = (): boolean => true;

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'outspan-slo-'));
  folder = join(parent, 'slo');
});
afterEach(() => rm(parent, { recursive: true }));

/** Path → text of everything in the folder, the manifest aside. */
async function contents(root: string = folder): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== MANIFEST).map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(await Promise.all(files.map(async (path) => [path.slice(root.length + 1), await readFile(path, 'utf8')])));
}

describe('writing generated files', () => {
  it('makes the folder and says in a manifest what is in it', async () => {
    const found = await writeOutput(folder, [RULES, BOARD], ALL);
    expect(found.missing).toEqual([RULES, BOARD]);
    expect(await contents()).toEqual({ 'grafana/board.json': '{}\n', 'prometheus/rules.yaml': 'groups: []\n' });
    expect([...(readManifest(await readFile(join(folder, MANIFEST), 'utf8')) ?? [])].map(([path]) => path)).toEqual(['grafana/board.json', 'prometheus/rules.yaml']);
    expect(await readdir(parent)).toEqual(['slo']);
  });

  it('does not touch what is as it should be', async () => {
    await writeOutput(folder, [RULES, BOARD], ALL);
    const before = await Promise.all([RULES.path, BOARD.path, MANIFEST].map((path) => stat(join(folder, path))));
    const found = await writeOutput(folder, [RULES, BOARD], ALL);
    const after = await Promise.all([RULES.path, BOARD.path, MANIFEST].map((path) => stat(join(folder, path))));
    expect(found.current).toEqual([RULES, BOARD]);
    expect(after.map(({ ino, mtimeMs }) => [ino, mtimeMs])).toEqual(before.map(({ ino, mtimeMs }) => [ino, mtimeMs]));
  });

  it('writes what changed and leaves the rest untouched', async () => {
    await writeOutput(folder, [RULES, BOARD], ALL);
    const { ino } = await stat(join(folder, RULES.path));
    const found = await writeOutput(folder, [RULES, file(BOARD.path, '{"a":1}\n')], ALL);
    expect(found.outdated.map(({ path }) => path)).toEqual([BOARD.path]);
    expect((await contents())[BOARD.path]).toBe('{"a":1}\n');
    expect((await stat(join(folder, RULES.path))).ino).toBe(ino);
  });

  it('removes what it generated and no longer does, and nothing else', async () => {
    await writeOutput(folder, [RULES, BOARD], ALL);
    await writeFile(join(folder, 'prometheus', 'own.yaml'), 'mine');
    const found = await writeOutput(folder, [RULES], ALL);
    expect(found.stale).toEqual([BOARD.path]);
    expect(await contents()).toEqual({ [RULES.path]: RULES.text, 'prometheus/own.yaml': 'mine' });
    expect(await readdir(folder)).not.toContain('grafana');
  });

  it('keeps what somebody changed since', async () => {
    await writeOutput(folder, [RULES, BOARD], ALL);
    await writeFile(join(folder, BOARD.path), '{"by":"hand"}');
    expect((await writeOutput(folder, [RULES], ALL)).edited).toEqual([BOARD.path]);
    expect((await writeOutput(folder, [RULES], ALL)).edited).toEqual([BOARD.path]);
    expect((await contents())[BOARD.path]).toBe('{"by":"hand"}');
  });

  it('leaves alone what another run of other outputs generated', async () => {
    await writeOutput(folder, [RULES, BOARD], ALL);
    const found = await writeOutput(folder, [RULES], (path) => path.startsWith('prometheus/'));
    expect(found.stale).toEqual([]);
    expect((await writeOutput(folder, [RULES], ALL)).stale).toEqual([BOARD.path]);
  });

  it('refuses to write over a file that it did not generate', async () => {
    await mkdir(join(folder, 'prometheus'), { recursive: true });
    await writeFile(join(folder, RULES.path), 'mine');
    await expect(writeOutput(folder, [BOARD, RULES], ALL)).rejects.toThrow(/rules\.yaml: there already, and not known to be generated/);
    expect(await contents()).toEqual({ [RULES.path]: 'mine' });
  });

  it('takes over a file that is the same already', async () => {
    await mkdir(join(folder, 'prometheus'), { recursive: true });
    await writeFile(join(folder, RULES.path), RULES.text);
    expect((await writeOutput(folder, [RULES], ALL)).current).toEqual([RULES]);
    expect((await writeOutput(folder, [BOARD], ALL)).stale).toEqual([RULES.path]);
  });

  it.each(['not json', '[]', '{"files":null}'])('refuses to guess what a manifest means that says %j', async (text) => {
    await mkdir(folder);
    await writeFile(join(folder, MANIFEST), text);
    await expect(writeOutput(folder, [RULES], ALL)).rejects.toThrow(/is not what this tool wrote/);
    expect(await contents()).toEqual({});
  });

  it('removes nothing outside of its folder, whatever the manifest says', async () => {
    await writeFile(join(parent, 'precious.txt'), 'x');
    await mkdir(folder);
    await writeFile(join(folder, MANIFEST), JSON.stringify({ files: { '../precious.txt': 'sha256-x', '/etc/passwd': '', 'a/../../precious.txt': '', [MANIFEST]: '' } }));
    const found = await writeOutput(folder, [RULES], ALL);
    expect([...found.stale, ...found.edited]).toEqual([]);
    expect(await readFile(join(parent, 'precious.txt'), 'utf8')).toBe('x');
  });

  it.each([
    ['a folder is where a file belongs', 'prometheus/rules.yaml/x', /is a folder, where a file belongs/],
    ['a file is where a folder belongs', 'prometheus', /a file is where a folder belongs/],
  ])('writes nothing when %s', async (_, path, message) => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), 'mine');
    await expect(writeOutput(folder, [BOARD, RULES], ALL)).rejects.toThrow(message);
    expect(await contents()).toEqual({ [path]: 'mine' });
  });

  it('takes back what it wrote when a later file cannot be written', async () => {
    const old = [file('a/old.txt', '1'), file('b/old.txt', '1'), file('b/stale.txt', '1')];
    await writeOutput(folder, old, ALL);
    const manifest = await readFile(join(folder, MANIFEST), 'utf8');
    // Fails only when its turn comes: by then, the folder that it needs has become a file.
    const changed = [file('a/new.txt', '2'), file('a/old.txt', '2'), file('b/old.txt', '2'), file('c/d', '2'), file('c/d/e', '2')];
    await expect(writeOutput(folder, changed, ALL)).rejects.toThrow(/nothing was written/);
    expect(await contents()).toEqual({ 'a/old.txt': '1', 'b/old.txt': '1', 'b/stale.txt': '1' });
    expect(await readFile(join(folder, MANIFEST), 'utf8')).toBe(manifest);
    expect((await readdir(folder)).toSorted()).toEqual([MANIFEST, 'a', 'b']);
  });
});
