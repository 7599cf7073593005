import type { MetricData } from '@opentelemetry/sdk-metrics';
import { beforeAll, describe, expect, it } from 'vitest';
import { METRIC_ATTRIBUTE_NAMES, METRICS_BY_KIND } from './attribute-names.ts';
import { document } from './documents.ts';
import { everything } from './emitted.ts';
import { inlineCode, section, tableRows } from './markdown.ts';

const { text } = document('docs/metrics.md');
const firstTable = (heading: string): string[][] => tableRows(section(text, heading).split('\n\n*')[0] ?? '');
const rows = [...firstTable('Of the GenAI conventions'), ...firstTable('Of the generation before'), ...firstTable('Outspan\'s own')].map(([name = '', kind = '', unit = '', attributes = '']) => ({ name: name.replaceAll('`', ''), kind, unit, attributes }));

/** What the words *call* and *target* stand for. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  call: inlineCode(/^\*call\* is (.*?), each/m.exec(text)?.[1] ?? ''),
  target: inlineCode(/^\*target\* is (.*)\.$/m.exec(text)?.[1] ?? ''),
};

function attributesOf(cell: string): string[] {
  return cell.split(', ').flatMap((word) => SHARED[word] ?? [word.replaceAll('`', '')]);
}

describe('docs/metrics.md', () => {
  let metrics: readonly MetricData[];
  beforeAll(async () => {
    ({ metrics } = await everything());
  });

  it('has a row for every metric of the code, with its instrument and unit, and no other', () => {
    const inCode = Object.entries(METRICS_BY_KIND).flatMap(([kind, all]) => all.map(({ name, unit }) => `${name} ${kind} ${unit}`));
    expect(rows.map(({ name, kind, unit }) => `${name} ${kind} ${unit}`).sort()).toEqual(inCode.sort());
  });

  it('says of every metric which attributes it has, as calls under every fault record them', () => {
    const wrong = new Set<string>();
    for (const { descriptor, dataPoints } of metrics) {
      const documented = attributesOf(rows.find(({ name }) => name === descriptor.name)?.attributes ?? '');
      const recorded = new Set(dataPoints.flatMap(({ attributes }) => Object.keys(attributes)));
      for (const name of recorded) if (!documented.includes(name)) wrong.add(`${descriptor.name} has ${name}`);
      for (const name of documented) if (!recorded.has(name)) wrong.add(`${descriptor.name} never has ${name}`);
    }
    // Nobody stops an embeddings call.
    expect([...wrong].sort()).toEqual(['gen_ai.client.embeddings.duration never has outspan.operation.cancelled']);
    const recorded = new Set(metrics.map(({ descriptor }) => descriptor.name));
    const never = rows.map(({ name }) => name).filter((name) => !recorded.has(name));
    // The fault provider has no cache to write to.
    expect(never).toEqual(['gen_ai.client.inference.usage.cache_write.input_tokens']);
  });

  it('lists the attributes that only metrics carry', () => {
    const listed = tableRows(section(text, 'Outspan\'s own').split('\n\n').findLast((part) => part.startsWith('| attribute')) ?? '').map(([name = '']) => name.replaceAll('`', ''));
    expect([...listed, 'gen_ai.token.modality', 'gen_ai.token.type'].sort()).toEqual([...METRIC_ATTRIBUTE_NAMES].sort());
  });
});
