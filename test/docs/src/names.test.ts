import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DIALECTS } from '@outspan/core';
import { describe, expect, it } from 'vitest';
import { VARIABLES } from '../../../packages/node/src/environment/variables.ts';
import { ATTRIBUTE_NAMES, METRIC_ATTRIBUTE_NAMES, METRIC_NAMES } from './attribute-names.ts';
import { DOCUMENTS, ROOT } from './documents.ts';
import { inlineCode } from './markdown.ts';
import { codeText, manifest, PACKAGES, testProjects } from './repository.ts';

const CODE = codeText();
const VARIABLE = /\b(?:OTEL|OUTSPAN|ANTHROPIC|OPENAI|GEMINI|GOOGLE)_[A-Z_]+/g;
const ATTRIBUTE = /^(?:outspan|gen_ai|http|url|error|server)\.[a-z_]+(?:\.[a-z_*]+)*$|^openai\.(?:api|request|response)\.[a-z_]+$/;
/** `outspan.slo.yaml` is a file. */
const FILE = /\.(?:yaml|json|tmpl)$/;
const EVENTS: ReadonlySet<string> = new Set(['gen_ai.client.operation.exception', 'gen_ai.client.inference.operation.details']);
/** What the gateway writes to spans. */
const GATEWAY: ReadonlySet<string> = new Set([...readFileSync(join(ROOT, 'collector/gateway.yaml'), 'utf8').matchAll(/set\(span\.attributes\["([\w.]+)"\]/g)].map(([, name = '']) => name));

function isVariable(name: string): boolean {
  // `OTEL_BSP_…` stands for all of its kind.
  return name.endsWith('_') ? Object.keys(VARIABLES).some((known) => known.startsWith(name)) : name in VARIABLES || new RegExp(`\\b${name}\\b`).test(CODE);
}

function isAttribute(name: string): boolean {
  if (name.endsWith('*')) return [...ATTRIBUTE_NAMES].some((known) => known.startsWith(name.slice(0, -1)));
  return ATTRIBUTE_NAMES.has(name) || METRIC_ATTRIBUTE_NAMES.has(name) || METRIC_NAMES.has(name) || EVENTS.has(name) || GATEWAY.has(name) || DIALECTS.some(({ id }) => id === name);
}

describe.each(DOCUMENTS)('$path names', ({ path, text }) => {
  it('only variables that exist', () => {
    expect([...new Set(text.match(VARIABLE) ?? [])].filter((name) => !isVariable(name))).toEqual([]);
  });

  it('only attributes, metrics and events that exist', () => {
    const named = inlineCode(text).map((code) => code.split(/[=:\s]/)[0] ?? '').filter((name) => ATTRIBUTE.test(name) && !FILE.test(name));
    expect([...new Set(named)].filter((name) => !isAttribute(name))).toEqual([]);
  });

  it('only packages and entries that exist', () => {
    const named = [...text.matchAll(/@outspan\/[\w-]+(?:\/\w+)?/g)].map(([name]) => name);
    const known = new Set(PACKAGES.flatMap(({ name, exports = {} }) => Object.keys(exports).map((entry) => `${name}${entry.slice(1)}`)));
    expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
  });

  it('only files and folders that exist', () => {
    const named = [...inlineCode(text), ...[...text.matchAll(/\b(?:packages|examples|test|docs)\/[\w./-]+\.(?:ts|mjs|md|json)\b/g)].map(([file]) => file)];
    const paths = named.filter((code) => /^(?:packages|examples|test|docs|\.ci)\/[\w./*-]+$/.test(code));
    const missing = paths.filter((file) => ![ROOT, join(ROOT, dirname(path))].some((base) => existsSync(join(base, file.split('*')[0] ?? ''))));
    // Written by `npm run truth` and `npm run bench`.
    expect([...new Set(missing)].filter((file) => file !== 'docs/truth.md' && file !== 'test/bench/RESULTS.md')).toEqual([]);
  });

  it('only scripts and test projects that exist', () => {
    const scripts = new Set([...Object.keys(manifest('.').scripts ?? {}), 'test', 'start']);
    const run = [...text.matchAll(/npm run ([\w:]+)|npm (test|start)/g)].map(([, script, short]) => script ?? short ?? '');
    expect(run.filter((script) => !scripts.has(script))).toEqual([]);
    const projects = testProjects();
    expect([...text.matchAll(/--project ([\w-]+)/g)].map(([, project = '']) => project).filter((project) => !projects.includes(project))).toEqual([]);
  });
});

describe('a name', () => {
  it('that does not exist would be found', () => {
    expect(['OTEL_SDK_DISABLED', 'OTEL_BSP_', 'OTEL_SDK_ENABLED', 'OUTSPAN_TREE'].filter(isVariable)).toEqual(['OTEL_SDK_DISABLED', 'OTEL_BSP_']);
    expect(['outspan.retry.count', 'gen_ai.usage.*', 'outspan.retries', 'outspan.usage.*'].filter(isAttribute)).toEqual(['outspan.retry.count', 'gen_ai.usage.*']);
  });
});

describe('CONTRIBUTING.md', () => {
  it('lists every test project', () => {
    const { text } = DOCUMENTS.find(({ path }) => path === 'CONTRIBUTING.md') ?? { text: '' };
    const listed = [...text.matchAll(/^\| `([\w-]+)` \| (?:sources|builds) \|/gm)].map(([, name = '']) => name);
    expect(listed.sort()).toEqual(testProjects().sort());
  });
});
