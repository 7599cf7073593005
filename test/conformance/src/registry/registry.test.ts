/** The registry against the code and the docs: the three say the same of every name. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ATTR, BOUNDARIES, ERROR_CLASSES, ORIGINS, PHASES, TRUNCATION_KINDS } from '@outspan/core';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COUNTERS, GAUGES, HISTOGRAMS, METRIC_ATTR, UP_DOWN_COUNTERS } from '../../../../packages/core/src/telemetry/metrics/instruments.ts';
import { inlineCode, section, tableRows } from '../../../docs/src/markdown.ts';
import { readRegistry } from './index.ts';

const REGISTRY = readRegistry();
const docs = (name: string): string => readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8');
const ours = (name: string): boolean => name.startsWith('outspan.');

const RATE_LIMITS = ['requests', 'tokens'].flatMap((subject) => ['limit', 'remaining', 'reset'].map((figure) => `outspan.rate_limit.${subject}.${figure}`));
const INSTRUMENTS = { histogram: HISTOGRAMS, counter: COUNTERS, updowncounter: UP_DOWN_COUNTERS, gauge: GAUGES };

describe('the registry and the code', () => {
  it('have the same attributes', () => {
    expect([...REGISTRY.attributes.keys()].sort()).toEqual([...Object.values(ATTR), ...Object.values(METRIC_ATTR), ...RATE_LIMITS].filter(ours).sort());
  });

  it('have the same metrics, with instrument, unit and description', () => {
    const inCode = Object.entries(INSTRUMENTS).flatMap(([instrument, metrics]) => Object.values(metrics).map(({ name, unit, description }) => ({ name, instrument, unit, brief: description })));
    const declared = [...REGISTRY.metrics].map(([name, { instrument, unit, brief }]) => ({ name, instrument, unit, brief }));
    const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
    expect(declared.sort(byName)).toEqual(inCode.filter(({ name }) => ours(name)).sort(byName));
  });

  it('have the same words in closed vocabularies', () => {
    const members = (name: string): readonly string[] | undefined => REGISTRY.attributes.get(name)?.members;
    expect(members('outspan.error.class')).toEqual([...ERROR_CLASSES]);
    expect(members('outspan.error.origin')).toEqual([...ORIGINS]);
    expect(members('outspan.error.phase')).toEqual([...PHASES]);
    expect(members('outspan.response.truncation.kind')).toEqual([...TRUNCATION_KINDS]);
    expect(members('outspan.operation.boundary')).toEqual([...BOUNDARIES]);
  });
});

describe('the registry and docs/attributes.md', () => {
  const text = docs('attributes.md');
  const rows = new Map(
    ['The call', 'The request', 'The answer', 'Failure', 'Retries', 'The exchange', 'Content', 'Agents, tools and workflows']
      .flatMap((heading) => tableRows(section(text, heading)))
      .map(([name = '', type = '']): [string, string] => [name.replaceAll('`', ''), type]),
  );

  it('have the same attributes of spans, with the same types', () => {
    const onSpans = [...REGISTRY.spans.values()].flatMap(({ attributes }) => [...attributes.keys()]);
    const declared = [...new Set(onSpans)].map((name) => `${name} ${REGISTRY.attributes.get(name)?.type}`);
    expect(declared.sort()).toEqual([...rows].filter(([name]) => ours(name)).map((row) => row.join(' ')).sort());
  });

  it.each([
    ['outspan.operation', ['operation', 'both']],
    ['outspan.attempt', ['attempt', 'both']],
  ])('say alike what is on %s', (span, places) => {
    const listed = ['The call', 'The answer', 'Failure', 'Retries', 'The exchange']
      .flatMap((heading) => tableRows(section(text, heading)))
      .filter(([, , on = '']) => places.includes(on))
      .map(([name = '']) => name.replaceAll('`', ''));
    expect([...(REGISTRY.spans.get(span)?.attributes.keys() ?? [])].sort()).toEqual(listed.filter(ours).sort());
  });
});

describe('the registry and docs/metrics.md', () => {
  const own = section(docs('metrics.md'), "Outspan's own");

  it('have the same metrics, with instrument, unit and attributes', () => {
    const target = inlineCode(/^\*target\* is (.*)\.$/m.exec(own)?.[1] ?? '');
    const listed = tableRows(own.slice(0, own.indexOf('*target* is'))).map(([name = '', instrument = '', unit = '', attributes = '']) => [
      name.replaceAll('`', ''),
      instrument === 'up-down counter' ? 'updowncounter' : instrument,
      unit,
      attributes.split(', ').flatMap((one) => (one === 'target' ? target : [one.replaceAll('`', '')])),
    ]);
    expect([...REGISTRY.metrics].map(([name, { instrument, unit, attributes }]) => [name, instrument, unit, [...attributes.keys()]])).toEqual(listed);
  });

  it('have the same values of attributes that only metrics carry', () => {
    const listed = tableRows(own.slice(own.indexOf('| attribute |'))).map(([name = '', values = '']): [string, string[]] => [name.replaceAll('`', ''), inlineCode(values)]);
    const declared = Object.values(METRIC_ATTR).filter(ours).map((name): [string, readonly string[]] => [name, REGISTRY.attributes.get(name)?.members ?? []]);
    expect(new Map(listed)).toEqual(new Map(declared));
  });
});

describe('the registry itself', () => {
  const FOREIGN = new Set(['gen_ai.provider.name', 'gen_ai.request.model', 'gen_ai.operation.name', 'server.address', 'http.response.status_code']);

  it('refers to attributes that it declares, and to few of the conventions', () => {
    const referred = [...REGISTRY.spans.values(), ...REGISTRY.metrics.values(), ...REGISTRY.events.values()].flatMap(({ attributes }) => [...attributes.keys()]);
    expect([...new Set(referred)].filter((name) => !REGISTRY.attributes.has(name) && !FOREIGN.has(name))).toEqual([]);
    expect([...REGISTRY.attributes.keys()].filter((name) => !referred.includes(name))).toEqual([]);
  });

  it('depends on the GenAI conventions and on the core ones', () => {
    const manifest: unknown = parse(readFileSync(fileURLToPath(new URL('../../registry/manifest.yaml', import.meta.url)), 'utf8'));
    expect(manifest).toMatchObject({
      dependencies: [{ registry_path: expect.stringMatching(/\/semantic-conventions-genai\.git@[0-9a-f]{40}\[model\]$/) }, { registry_path: expect.stringMatching(/\/semantic-conventions\.git@v[\d.]+\[model\]$/) }],
    });
  });
});
