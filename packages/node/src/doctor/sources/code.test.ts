import { describe, expect, it } from 'vitest';
import { packageIn, readCode, withoutComments } from './code.ts';

describe('readCode', () => {
  it.each([
    ["import OpenAI from 'openai';", 'static', 'openai'],
    ["import { a, b as c } from './a.js'", 'static', './a.js'],
    ["import * as ns from \"ns\";import'side';", 'static', 'ns'],
    ["export { x } from './x.mjs';", 'static', './x.mjs'],
    ["export * from './all'", 'static', './all'],
    ['var a=1;import{a as b}from"min";', 'static', 'min'],
    ["import def, { type T } from 'both'", 'static', 'both'],
    ["await import('./late.js')", 'dynamic', './late.js'],
    ["const x = require('x');", 'require', 'x'],
    ["import x = require('y')", 'require', 'y'],
  ])('%s', (source, by, of) => {
    expect(readCode(source).imports).toContainEqual({ of, by });
  });

  it.each(["import type { A } from 'openai';", "// import 'openai'", "/* require('openai') */", "import.meta.url; const from = 'openai';"])('finds no import in %s', (source) => {
    expect(readCode(source).imports).toEqual([]);
  });

  it.each([
    ["import '@outspan/node/register'", 'register'],
    ["require('@outspan/node/instrument')", 'instrument'],
    ["import { start } from '@outspan/node'; start();", 'start'],
    ["const { start, flush } = require('@outspan/node')", 'start'],
    ["import { outspanInstrumentations } from '@outspan/node'", 'code'],
    ["import { OpenAIInstrumentation } from '@outspan/instrumentation-openai'", 'code'],
    ["import { x } from '@outspan/slo'", undefined],
  ])('%s brings Outspan in by %s', (source, entry) => {
    expect(readCode(source).outspan).toBe(entry);
  });

  it.each([
    ["import { NodeSDK } from '@opentelemetry/sdk-node'; new NodeSDK({}).start()", 'NodeSDK'],
    ["const sdk = require('@opentelemetry/sdk-node'); new sdk.NodeSDK()", 'NodeSDK'],
    ["import { registerOTel } from '@vercel/otel'; registerOTel('x')", 'registerOTel'],
    ["import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'; new NodeTracerProvider()", 'NodeTracerProvider'],
    ["import { NodeSDK } from './ours'; new NodeSDK()", undefined],
  ])('%s starts an SDK', (source, by) => {
    expect(readCode(source).startsSdk).toBe(by);
  });

  it.each([
    ['export const a = 1', 'esm'],
    ["const a = require('a'); module.exports = a", 'commonjs'],
    ['console.log(1)', undefined],
  ])('tells the syntax of %s', (source, syntax) => {
    expect(readCode(source).syntax).toBe(syntax);
  });
});

it('takes comments out, and leaves what looks like one in a string', () => {
  expect(withoutComments("const url = 'http://x'; // gone\n/* gone */ const t = `// stays`;").replaceAll(/\s+/g, ' ')).toBe("const url = 'http://x'; const t = `// stays`;");
});

it.each([
  ['openai/helpers/zod', 'openai'],
  ['@google/genai/node', '@google/genai'],
  ['node:fs', undefined],
  ['./x', undefined],
  ['/x', undefined],
])('knows the package of %s', (of, name) => {
  expect(packageIn(of)).toBe(name);
});
