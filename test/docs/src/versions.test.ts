import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { document, ROOT } from './documents.ts';
import { section, tableRows } from './markdown.ts';
import { manifest, PACKAGES } from './repository.ts';

const { text } = document('README.md');
const documented = new Map(tableRows(section(text, 'Supported versions')).map(([name = '', tested = '']) => [name, tested]));
const contract = manifest('test/contract').devDependencies ?? {};

/** Majors of a package, under whatever names, that the contract suite runs on: `5, 6, 7`. */
function tested(name: string): string {
  const versions = Object.entries(contract).filter(([alias]) => alias === name || new RegExp(`^${name}-\\d+$`).test(alias));
  const majors = versions.map(([, version]) => Number(/(\d+)\.\d+\.\d+$/.exec(version)?.[1]));
  return [...new Set(majors)].sort((a, b) => a - b).join(', ');
}

describe('the README', () => {
  it('names the versions that the contract suite runs on', () => {
    expect(documented.get('Node.js')).toBe(tested('node'));
    expect(documented.get('`undici` from npm')).toBe(tested('undici'));
  });

  it('lists every package and every example', () => {
    for (const { name } of PACKAGES) expect(section(text, 'Packages')).toContain(`[\`${name}\`]`);
    for (const [example = ''] of tableRows(section(text, 'Examples'))) expect(existsSync(join(ROOT, /\]\((.+)\)/.exec(example)?.[1] ?? '?'))).toBe(true);
  });

  it('says that there is no release for as long as there is none', () => {
    const released = PACKAGES.some(({ version }) => version !== '0.0.0');
    expect(text.includes('before the first release')).toBe(!released);
  });
});
