import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { withFaultTable } from './readme.ts';

describe('the README', () => {
  it('has the catalogue as it is now: else run node scripts/fault-table.ts', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    expect(readme).toBe(withFaultTable(readme));
  });

  it('is not written to when it has no place for the table', () => {
    expect(() => withFaultTable('# no place')).toThrow('no place');
  });
});
