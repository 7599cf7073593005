import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { BOUNDARIES, ORIGINS, PHASES } from '@outspan/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { asDocumented, ATTRIBUTE_NAMES } from './attribute-names.ts';
import { document, ROOT } from './documents.ts';
import { everything } from './emitted.ts';
import { section, tableRows } from './markdown.ts';

interface Row {
  readonly type: string;
  readonly on: string;
  readonly meaning: string;
}

const { text } = document('docs/attributes.md');
const rows = new Map<string, Row>(
  ['The call', 'The request', 'The answer', 'Failure', 'Retries', 'The exchange', 'Content']
    .flatMap((heading) => tableRows(section(text, heading)))
    .map(([name = '', type = '', on = '', meaning = '']) => [name.replaceAll('`', ''), { type, on, meaning }]),
);

/** Those of agents, tools and workflows have a table of their own. */
const stepRows = new Map<string, string>(tableRows(section(text, 'Agents, tools and workflows')).map(([name = '', type = '']) => [name.replaceAll('`', ''), type]));

/** What tells the steps that have no operation's name. */
const STEP_MARKS = ['mcp.method.name', 'outspan.guardrail.name', 'outspan.handoff.from'] as const;

type Place = 'operation' | 'attempt' | 'step';

function placeOf({ attributes }: ReadableSpan): Place {
  if (STEP_MARKS.some((name) => name in attributes)) return 'step';
  const operation = attributes['gen_ai.operation.name'];
  if (operation === undefined) return 'attempt';
  return typeof operation === 'string' && /^(?:invoke_|execute_)/.test(operation) ? 'step' : 'operation';
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return `${typeof value[0]}[]`;
  if (typeof value !== 'number') return typeof value;
  return Number.isInteger(value) ? 'int' : 'double';
}

describe('docs/attributes.md', () => {
  let spans: readonly ReadableSpan[];
  beforeAll(async () => {
    ({ spans } = await everything());
  });

  it('has a row for every attribute of the code, and no other', () => {
    expect([...new Set([...rows.keys(), ...stepRows.keys()])].sort()).toEqual([...ATTRIBUTE_NAMES].sort());
  });

  it('says of every attribute that calls under every fault emit, what type it has and where it stands', () => {
    const wrong = new Set<string>();
    for (const span of spans) {
      const place = placeOf(span);
      if (place === 'step') continue;
      for (const [name, value] of Object.entries(span.attributes)) {
        const row = rows.get(asDocumented(name));
        const type = typeOf(value);
        if (row === undefined) wrong.add(`${name} is not there`);
        // A whole number of seconds is a double all the same.
        else if (row.type !== type && !(row.type === 'double' && type === 'int')) wrong.add(`${name} is of type ${type}`);
        else if (row.on !== 'both' && row.on !== place) wrong.add(`${name} is on the ${place}`);
      }
    }
    expect([...wrong]).toEqual([]);
    expect(spans.length).toBeGreaterThan(200);
  });

  it('says of every attribute that agents, tools and workflows have, what type it has', () => {
    const steps = spans.filter((span) => placeOf(span) === 'step');
    const wrong = steps.flatMap(({ attributes }) => Object.entries(attributes)).filter(([name, value]) => stepRows.get(asDocumented(name)) !== typeOf(value));
    expect(wrong).toEqual([]);
    const written = new Set(steps.flatMap(({ attributes }) => Object.keys(attributes)).map(asDocumented));
    // A timeout's phase, a cut answer and the end of the process come to steps as to operations.
    const rare = /error\.phase|truncat|interrupted/;
    expect([...stepRows.keys()].filter((name) => !written.has(name) && !rare.test(name))).toEqual([]);
  });

  it('says `both` only of what is on both', () => {
    const places = new Map<string, Set<string>>();
    for (const span of spans) {
      for (const name of Object.keys(span.attributes)) places.set(name, (places.get(name) ?? new Set()).add(placeOf(span)));
    }
    const both = [...rows].filter(([, { on }]) => on === 'both').map(([name]) => name);
    expect(both.filter((name) => !(places.get(name)?.has('operation') === true && places.get(name)?.has('attempt') === true))).toEqual([]);
  });

  it('lists every word of the closed vocabularies', () => {
    const words = (name: string): string[] => [...(rows.get(name)?.meaning ?? '').matchAll(/`(\w+)`/g)].map(([, word = '']) => word);
    expect(words('outspan.error.origin')).toEqual([...ORIGINS]);
    expect(words('outspan.error.phase')).toEqual([...PHASES]);
    expect(words('outspan.operation.boundary')).toEqual([...BOUNDARIES]);
  });

  it('names the events as the code does', () => {
    const names = readFileSync(join(ROOT, 'packages/core/src/telemetry/names.ts'), 'utf8');
    const events = [...names.matchAll(/EVENT_\w+ = '([\w.]+)'/g)].map(([, name]) => name);
    expect(tableRows(section(text, 'Events')).map(([name = '']) => name.replaceAll('`', ''))).toEqual(events);
  });
});
