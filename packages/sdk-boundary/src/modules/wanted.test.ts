import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isWanted, manifestOf, packageFileOf } from './wanted.ts';

describe('packageFileOf', () => {
  it.each([
    ['/app/node_modules/openai/client.mjs', 'openai', '/app/node_modules/openai', 'openai/client.mjs'],
    ['/app/node_modules/@google/genai/dist/node/index.mjs', '@google/genai', '/app/node_modules/@google/genai', '@google/genai/dist/node/index.mjs'],
    ['/app/node_modules/.pnpm/openai@7.57.0_ws@8.0.0/node_modules/openai/index.js', 'openai', '/app/node_modules/.pnpm/openai@7.57.0_ws@8.0.0/node_modules/openai', 'openai/index.js'],
    ['/app/node_modules/langchain/node_modules/openai/index.js', 'openai', '/app/node_modules/langchain/node_modules/openai', 'openai/index.js'],
    // Yarn PnP: in an archive, through a folder for each set of peers, or unpacked.
    ['/app/.yarn/cache/openai-npm-7.57.0-0a1b2c3d4e-10c0.zip/node_modules/openai/index.mjs', 'openai', '/app/.yarn/cache/openai-npm-7.57.0-0a1b2c3d4e-10c0.zip/node_modules/openai', 'openai/index.mjs'],
    ['/app/.yarn/__virtual__/openai-virtual-0a1b2c3d4e/0/cache/openai-npm-7.57.0-0a1b2c3d4e-10c0.zip/node_modules/openai/index.mjs', 'openai', '/app/.yarn/__virtual__/openai-virtual-0a1b2c3d4e/0/cache/openai-npm-7.57.0-0a1b2c3d4e-10c0.zip/node_modules/openai', 'openai/index.mjs'],
    ['/app/.yarn/unplugged/openai-npm-7.57.0-0a1b2c3d4e/node_modules/openai/index.mjs', 'openai', '/app/.yarn/unplugged/openai-npm-7.57.0-0a1b2c3d4e/node_modules/openai', 'openai/index.mjs'],
    [String.raw`C:\app\node_modules\openai\client.mjs`, 'openai', 'C:/app/node_modules/openai', 'openai/client.mjs'],
    [String.raw`C:\app\node_modules\@mistralai\mistralai\esm\lib\sdks.js`, '@mistralai/mistralai', 'C:/app/node_modules/@mistralai/mistralai', '@mistralai/mistralai/esm/lib/sdks.js'],
    [String.raw`\\server\share\node_modules\openai\index.js`, 'openai', '//server/share/node_modules/openai', 'openai/index.js'],
  ])('reads %s', (path, name, folder, file) => {
    expect(packageFileOf(path)).toEqual({ name, folder, file });
  });

  it.each(['', '/app/src/openai/client.mjs', '/app/node_modules', '/app/my_node_modules/openai/index.js', '/app/node_modules_old/openai/index.js', 'node:fs'])('finds no package in %o', (path) => {
    expect(packageFileOf(path)).toBeUndefined();
  });

  it.each(['/app/node_modules/', '/app/node_modules/openai', '/app/node_modules/@scope', '/app/node_modules//'])('does not trip over %o', (path) => {
    const found = packageFileOf(path);
    expect(found !== undefined && isWanted(found, { files: new Set(['openai/index.js']), packages: new Set(['openai']) })).toBe(false);
  });
});

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** An installed package. */
function folderWith(manifest: string | undefined): string {
  const root = mkdtempSync(join(tmpdir(), 'outspan-wanted-'));
  folders.push(root);
  const folder = join(root, 'node_modules/sdk');
  mkdirSync(folder, { recursive: true });
  if (manifest !== undefined) writeFileSync(join(folder, 'package.json'), manifest);
  return folder;
}

describe('manifestOf', () => {
  it.each([
    ['a path', { exports: './dist/index.mjs' }, ['dist/index.mjs']],
    ['a path under .', { exports: { '.': './index.js', './client': './client.js' } }, ['index.js']],
    ['conditions', { exports: { import: './index.mjs', require: './index.cjs' } }, ['index.mjs', 'index.cjs']],
    ['conditions under .', { exports: { '.': { import: './index.mjs', require: './index.cjs' } } }, ['index.mjs', 'index.cjs']],
    ['conditions in conditions', { exports: { '.': { node: { import: { types: './a.d.mts', default: './a.mjs' }, require: { default: './a.cjs' } }, default: './web.mjs' } } }, ['a.d.mts', 'a.mjs', 'a.cjs', 'web.mjs']],
    ['fallbacks', { exports: { '.': [{ import: './a.mjs' }, './b.js'] } }, ['a.mjs', 'b.js']],
    ['a list', { exports: ['./a.mjs', './b.js'] }, ['a.mjs', 'b.js']],
    ['what is closed', { exports: { '.': null, './x': './x.js' } }, []],
    ['only other paths', { exports: { './client': './client.js', './*': './*.js' } }, []],
    ['main and module', { main: 'dist/index.cjs', module: './dist/index.mjs' }, ['dist/index.mjs', 'dist/index.cjs', 'dist/index.cjs.js', 'dist/index.cjs/index.js', 'index.js']],
    ['main without an ending', { main: './lib/index' }, ['lib/index', 'lib/index.js', 'lib/index/index.js', 'index.js']],
    ['main that is a folder', { main: 'lib/' }, ['lib/', 'lib/.js', 'lib/index.js', 'index.js']],
    ['main beside exports', { main: './index.js', exports: { '.': './index.mjs' } }, ['index.mjs', 'index.js']],
    ['paths that are written another way', { exports: { import: './/dist/./index.mjs', require: './lib/../index.cjs' } }, ['dist/index.mjs', 'index.cjs']],
    ['nothing', {}, ['index.js']],
    ['nonsense', { exports: 7, main: {}, module: [null, true], version: 3 }, []],
  ])('knows where a package begins: by %s', (_what, manifest, entries) => {
    const folder = folderWith(JSON.stringify(manifest));
    expect([...manifestOf(folder).entries].sort()).toEqual([...entries].sort());
  });

  it('reads the version', () => {
    expect(manifestOf(folderWith('{ "name": "sdk", "version": "7.57.0" }')).version).toBe('7.57.0');
    expect(manifestOf(folderWith('\uFEFF{ "version": "1.0.0" }')).version).toBe('1.0.0');
  });

  it.each([['missing', undefined], ['empty', ''], ['cut', '{ "version": "7'], ['no object', '"7.57.0"'], ['null', 'null'], ['a list', '[]']])('knows nothing by a package.json that is %s', (_what, text) => {
    const { entries, version } = manifestOf(folderWith(text));
    expect([version, [...entries].filter((entry) => entry !== 'index.js')]).toEqual([undefined, []]);
  });

  it('reads a package once', () => {
    const folder = folderWith('{ "version": "1.0.0" }');
    const first = manifestOf(folder);
    writeFileSync(join(folder, 'package.json'), '{ "version": "2.0.0" }');
    expect(manifestOf(folder)).toBe(first);
  });
});

describe('isWanted', () => {
  const wanted = { files: new Set(['sdk/lib/client.js']), packages: new Set(['sdk']) };

  it('wants the files that are named, and what the name of a package leads to', () => {
    const folder = folderWith(JSON.stringify({ exports: { '.': { import: './index.mjs', require: './index.cjs' }, './other': './other.js' } }));
    const is = (file: string): boolean => {
      const found = packageFileOf(join(folder, file));
      return found !== undefined && isWanted(found, wanted);
    };
    expect(['lib/client.js', 'index.mjs', 'index.cjs', 'other.js', 'lib/index.mjs'].map(is)).toEqual([true, true, true, false, false]);
  });

  it('reads no package.json of packages that are not wanted', () => {
    const found = packageFileOf('/nowhere/node_modules/other/index.js');
    expect(found !== undefined && isWanted(found, wanted)).toBe(false);
  });
});
