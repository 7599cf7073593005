import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasEpilogue, LOADED, withEpilogue } from './epilogue.ts';

interface Told {
  readonly url: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly stars: readonly object[];
}

const KEY = Symbol.for(LOADED);
let told: Told[] = [];
let folder: string;
let modules = 0;
/** Node's own `import()`, which the test runner does not see. */
let importUrl: (url: string) => Promise<object>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'outspan-epilogue-'));
  writeFileSync(join(folder, 'import.cjs'), 'module.exports = (url) => import(url);');
  importUrl = createRequire(import.meta.url)(join(folder, 'import.cjs')) as typeof importUrl;
  Reflect.set(globalThis, KEY, (url: string, exports: Told['exports'], stars: readonly object[]) => void told.push({ url, exports, stars }));
});
afterEach(() => {
  told = [];
});
afterAll(() => {
  Reflect.deleteProperty(globalThis, KEY);
  rmSync(folder, { recursive: true });
});

/** Writes a module as it is. @returns its URL */
function plain(source: string, name = `m${++modules}.mjs`): string {
  const path = join(folder, name);
  writeFileSync(path, source);
  return pathToFileURL(path).href;
}

/** Writes a module with its epilogue. */
function instrumented(source: string, name = `m${++modules}.mjs`): string {
  const url = pathToFileURL(join(folder, name)).href;
  plain(withEpilogue(source, url), name);
  return url;
}

/** The exports of a module, and what its epilogue reports. */
async function load(source: string): Promise<{ readonly namespace: Readonly<Record<string, unknown>>; readonly told: Told }> {
  const namespace = { ...(await importUrl(instrumented(source))) };
  const [one, ...more] = told;
  if (one === undefined || more.length > 0) throw new RangeError(`told ${told.length} times`);
  return { namespace, told: one };
}

const OTHER = "export const a = 1, b = 2; export class Client {} export default 'the default'; export { a as 'x y' };";

describe('withEpilogue', () => {
  beforeAll(() => {
    plain(OTHER, 'other.mjs');
    plain('{ "version": 1 }', 'data.json');
  });

  it.each([
    ['variables', 'export const a = 1, b = 2; export let c = 3; export var d = 4;'],
    ['patterns', 'export const { a, b: { c }, ...rest } = { a: 1, b: { c: 2 }, d: 3 }; export const [e, , f = 6] = [5];'],
    ['functions and classes', 'export function f() {} export async function g() {} export function* h() {} export class C {}'],
    ['lists', 'const a = 1; class C {} export { a, a as b, C as Client, C as default };'],
    ['string names', 'const a = 1; export { a as "b-c", a as \'d e\', a as "f\\"g\\u0068" };'],
    ['names of every kind of letter', 'const ä = 1; export { ä, ä as $, ä as _, ä as 变量 };'],
    ['escaped names', 'export const \\u0061b = 1; const c = 2; export { c as \\u{64}e, c as "\\\\u0066" };'],
    ['reserved words', 'const a = 1; export { a as let, a as class, a as await, a as __proto__ };'],
    ['a named default class', 'export default class Named {}'],
    ['a named default function', 'export default async function* named() {}'],
    ['names from another module', 'export { a, b as c, Client as default } from "./other.mjs";'],
    ['the default of another module', 'export { default, default as other } from "./other.mjs";'],
    ['string names of another module', 'export { "x y" as a, "x y" as "z\'z" } from "./other.mjs";'],
    ['escaped names of another module', 'export { \\u0061 as x, b as \\u0079 } from "./other.mjs";'],
    ['a namespace', 'export * as other from "./other.mjs"; export * as "o t" from "./other.mjs";'],
    ['what was imported', 'import d, { a as x, "x y" as y } from "./other.mjs"; import * as all from "./other.mjs"; export { d, x, y as z, all };'],
    ['JSON', 'export { default as data } from "./data.json" with { type: "json" }; import j from "./data.json" with { type: "json" }; export { j };'],
    ['nothing', 'globalThis.outspanTest = 1; export {};'],
    ['a module with import.meta and an await at its top', 'export const url = import.meta.url.slice(0, 5); await null; export const b = await Promise.resolve(2);'],
    ['a source that ends in a comment', 'export const a = 1; // the end'],
    ['a source that ends in a block comment', 'export const a = 1 /* the end */'],
    ['a source that ends without a semicolon', 'export const a = 1\nexport const b = () => a'],
    ['a source with a source map', 'export const a = 1;\n//# sourceMappingURL=data:application/json,{}'],
    ['a source with a hashbang', '#!/usr/bin/env node\nexport const a = 1;'],
    ['a source with a byte order mark', '\uFEFFexport const a = 1;'],
    ['what only looks like an export', 'export const re = /export default/; const s = "export { q }", t = `export const u = ${"}"}`; // export { v }\nexport { s, t };'],
    ['names that the epilogue would take', 'const __outspan_0 = 1, ___outspan_1 = 2; export { __outspan_0 as a, ___outspan_1 as b }; export { b as c } from "./other.mjs";'],
  ])('hands out all that a module exports: %s', async (_what, source) => {
    const { namespace, told: one } = await load(source);
    expect({ ...one.exports }).toEqual(namespace);
    expect(one.url).toMatch(/^file:.*\.mjs$/);
  });

  it('hands out what is passed on by a star, as the modules that it comes from', async () => {
    const { namespace, told: one } = await load('export * from "./other.mjs"; export const own = 1;');
    expect({ ...one.exports }).toEqual({ own: 1 });
    const [star] = one.stars;
    expect({ ...star, own: 1, default: undefined }).toEqual({ ...namespace, default: undefined });
  });

  it.each(['export default class {}', 'export default class extends Map {}', 'export default class\nextends Map {}', 'export default function () {}', 'export default async () => 1;', 'export default (class Named {});', 'export default { a: 1 };', 'const a = 1; export default a;'])(
    'leaves out a default that has no name to be read by, and the module as it is: %s',
    async (source) => {
      const { namespace, told: one } = await load(`${source}\nexport const also = 1;`);
      expect(Object.keys(namespace)).toContain('default');
      expect({ ...one.exports }).toEqual({ also: 1 });
    },
  );

  it('leaves a class its name', async () => {
    const { namespace } = await load('export default class {}');
    expect(namespace['default']).toHaveProperty('name', 'default');
  });

  it('reads a binding when it is asked for, as whoever imports it does', async () => {
    const { told: one } = await load('export let count = 0; export const add = () => ++count;');
    const { add } = one.exports;
    expect(one.exports['count']).toBe(0);
    if (typeof add === 'function') add();
    expect(one.exports['count']).toBe(1);
  });

  it('tells each of the modules of a cycle, and reads nothing that is not there yet', async () => {
    instrumented('import { b } from "./cycle-b.mjs"; export class A {} export const fromB = () => b; export { later } from "./cycle-b.mjs";', 'cycle-a.mjs');
    instrumented('export { A } from "./cycle-a.mjs"; export * from "./cycle-a.mjs"; export const b = 1, later = 2;', 'cycle-b.mjs');
    const namespace = await importUrl(pathToFileURL(join(folder, 'cycle-a.mjs')).href);
    expect(told.map(({ url }) => url.slice(-11))).toEqual(['cycle-b.mjs', 'cycle-a.mjs']);
    expect(Reflect.get(told[0]?.exports ?? {}, 'A')).toBe(Reflect.get(namespace, 'A'));
  });

  it('keeps the lines of a module, and so its source map', async () => {
    const source = 'export const where = () => new Error("here").stack;\n//# sourceMappingURL=x.map\n';
    expect(withEpilogue(source, 'file:///x.mjs').startsWith(source)).toBe(true);
    const { namespace } = await load(source);
    const { where } = namespace;
    expect(typeof where === 'function' && where()).toMatch(/\.mjs:1:\d+/);
  });

  it('evaluates a module that has other things by the names of globals', async () => {
    await importUrl(instrumented('class Symbol {} export { Symbol };'));
    await importUrl(instrumented('const globalThis = {}; export const a = 1;'));
    expect(told).toEqual([]);
  });

  it('evaluates a module where whoever is told throws, or nobody is there', async () => {
    const listener: unknown = Reflect.get(globalThis, KEY);
    Reflect.set(globalThis, KEY, () => {
      throw new Error('no');
    });
    expect(await importUrl(instrumented('export const a = 1;'))).toMatchObject({ a: 1 });
    Reflect.deleteProperty(globalThis, KEY);
    expect(await importUrl(instrumented('export const a = 2;'))).toMatchObject({ a: 2 });
    Reflect.set(globalThis, KEY, listener);
  });

  it.each(['import source w from "./x.wasm"; export { w }; export const a = 1;', 'import defer * as d from "./other.mjs"; export { d }; export const a = 1;'])('does not import what a module imports in another phase: %s', (source) => {
    const added = withEpilogue(source, 'file:///x.mjs').slice(source.length);
    expect(added).not.toMatch(/import /);
    expect(added).toContain('get "a"() { return a; }');
  });

  it('quotes the URL', () => {
    const url = 'file:///a"b\\c\n.mjs?x=\u2028';
    expect(withEpilogue('export {};', url)).toContain(JSON.stringify(url));
  });

  it('fails for what is no module, so that it is left as it is', () => {
    expect(() => withEpilogue('export {', 'file:///x.mjs')).toThrow('Parse error file:///x.mjs');
  });

  it('is recognised', () => {
    const source = 'export const a = 1;';
    expect([hasEpilogue(source), hasEpilogue(withEpilogue(source, 'file:///x.mjs'))]).toEqual([false, true]);
  });
});
