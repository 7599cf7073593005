import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALERTS } from '../alerts/catalogue.ts';
import { DEFAULT_MODEL } from './defaults.ts';
import { parseModel } from './parse.ts';
import { type JsonSchema, MODEL_SCHEMA } from './schema.ts';

const PUBLISHED = new URL('../../outspan.slo.schema.json', import.meta.url);

/** Every key of every map in the schema, with its schema. */
function keys(schema: JsonSchema, path = ''): readonly (readonly [path: string, schema: JsonSchema])[] {
  const properties = Object.entries(schema.properties ?? {}).map(([key, value]) => [`${path}.${key}`, value] as const);
  const definitions = Object.entries((schema['$defs'] ?? {}) as Record<string, JsonSchema>).flatMap(([name, value]) => keys(value, name));
  return [...properties, ...properties.flatMap(([at, value]) => keys(value, at)), ...definitions];
}

describe('the schema of the model file', () => {
  it('is published as it is (OUTSPAN_UPDATE_GOLDEN=1 writes it)', () => {
    const text = `${JSON.stringify(MODEL_SCHEMA, undefined, 2)}\n`;
    if (process.env['OUTSPAN_UPDATE_GOLDEN'] === '1') writeFileSync(PUBLISHED, text);
    expect(readFileSync(PUBLISHED, 'utf8')).toBe(text);
  });

  it('says of every key what it means', () => {
    const silent = keys(MODEL_SCHEMA).filter(([path, { description, const: only, $ref }]) => description === undefined && only === undefined && !/^\.(?:alerts|links|receivers)$/.test(path) && !['slo', 'maintenance', 'budget_stage', 'policy'].some((name) => $ref === `#/$defs/${name}`));
    expect(keys(MODEL_SCHEMA).length).toBeGreaterThan(30);
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  it('has the defaults that an empty file has', () => {
    const written = Object.fromEntries(
      Object.entries(MODEL_SCHEMA.properties ?? {}).flatMap(([key, schema]) => (schema['default'] === undefined ? [] : [[key, schema['default']]])),
    );
    expect(Object.keys(written)).toEqual(['version', 'source', 'histograms', 'buckets', 'interval', 'ingestion_delay', 'budget_policy']);
    expect(parseModel(JSON.stringify(written), { file: 'f' }).model).toEqual(DEFAULT_MODEL);
  });

  it('knows every alert', () => {
    for (const { name } of ALERTS) expect(parseModel(`alerts: { disabled: [${name}], severities: { ${name}: ticket } }`, { file: 'f' }).problems).toEqual([]);
  });
});
