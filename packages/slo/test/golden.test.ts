import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findingInWords, generate, parseModel } from '@outspan/slo';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import schema from '../outspan.slo.schema.json' with { type: 'json' };

const GOLDEN = fileURLToPath(new URL('golden/', import.meta.url));
const RICH = readFileSync(join(GOLDEN, 'rich.slo.yaml'), 'utf8');

/** Path → text of every file below a folder. */
function filesIn(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8')]));
}

/** After a change that is meant: `OUTSPAN_UPDATE_GOLDEN=1 npx vitest run --project packages packages/slo/test/golden.test.ts`, then read the difference. */
async function update(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

describe('what is generated', () => {
  it.each([
    ['an empty file', 'default', ''],
    ['a model with every key', 'rich', RICH],
  ])('from %s is, byte for byte, what was last looked at', async (_, name, text) => {
    const { model, problems, warnings } = parseModel(text, { file: `${name}.slo.yaml` });
    expect([...problems, ...warnings].map(findingInWords)).toEqual([]);
    if (model === undefined) return;
    const files = new Map(generate(model).map((file) => [file.path, file.text]));
    const folder = join(GOLDEN, name);
    if (process.env['OUTSPAN_UPDATE_GOLDEN'] === '1') await update(folder, files);
    const golden = filesIn(folder);
    expect([...files.keys()]).toEqual([...golden.keys()]);
    for (const [path, generated] of files) expect(generated, path).toBe(golden.get(path));
  });

  it('covers every key of the model file', () => {
    const used = new Set<string>();
    const collect = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Array.isArray(value)) for (const key of Object.keys(value)) used.add(key);
      for (const part of Object.values(value)) collect(part);
    };
    collect(parse(RICH));
    const { slo, alerts, links, receivers } = schema.$defs;
    const known = [schema, slo, alerts, links, receivers, receivers.properties.page].flatMap(({ properties }) => Object.keys(properties));
    expect(known.length).toBeGreaterThan(30);
    expect(known.filter((key) => !used.has(key))).toEqual([]);
  });

  it('is the same however often it is generated', () => {
    const texts = (): string => {
      const { model } = parseModel(RICH, { file: 'rich.slo.yaml' });
      return model === undefined ? '' : JSON.stringify(generate(model));
    };
    expect(texts()).toBe(texts());
    expect(texts().length).toBeGreaterThan(10_000);
  });
});
