import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGES, ROOT } from '../repository.ts';
import { recordRows } from '../record.ts';
import { broughtAlong, EVERYTHING, nameOf } from './installed.ts';

const PAGE = readFileSync(join(ROOT, 'docs/dependencies.md'), 'utf8');
const COMMAND = 'npx vitest run --project safety test/safety/src/supply-chain/dependencies.test.ts';

/** Licences under which a dependency may be passed on along with Apache-2.0 code without asking anybody. */
const ALLOWED: ReadonlySet<unknown> = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']);

/** What runs at the installation of a package. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];

/** Dependencies with such a script, and why none of them matters. */
const KNOWN_INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  protobufjs: 'compares version ranges and prints a hint; it is not allowed to run in this workspace, and all tests pass',
};

recordRows('dependencies', () => {
  const named = PACKAGES.flatMap(({ manifest: { dependencies = {}, peerDependencies = {} } }) => Object.keys({ ...dependencies, ...peerDependencies }));
  const foreign = new Set(named.filter((name) => !name.startsWith('@outspan/')));
  const licences = new Map<string, number>();
  for (const { manifest } of EVERYTHING) licences.set(String(manifest.license), (licences.get(String(manifest.license)) ?? 0) + 1);
  const scripted = EVERYTHING.filter(({ manifest }) => INSTALL_SCRIPTS.some((script) => script in (manifest.scripts ?? {}))).map(({ manifest }) => manifest.name);
  return [
    {
      area: 'Supply chain',
      tried: 'every package that a published package names as a dependency has a written reason (docs/dependencies.md)',
      times: foreign.size,
      result: `${foreign.size} packages of others are named, each with its reason; ${EVERYTHING.length} come along in all`,
      command: COMMAND,
    },
    {
      area: 'Supply chain',
      tried: 'the licence of every package that comes along is on the list of allowed ones',
      times: EVERYTHING.length,
      result: [...licences].sort(([, a], [, b]) => b - a).map(([licence, count]) => `${count} × ${licence}`).join(', '),
      command: COMMAND,
    },
    {
      area: 'Supply chain',
      tried: 'scripts that run when a package is installed: ours, and of what comes along',
      times: PACKAGES.length + EVERYTHING.length,
      result: `none of ours; of what comes along only ${scripted.join(', ')}, whose script may be left out`,
      command: COMMAND,
    },
  ];
});

function sectionOf(name: string): string {
  return PAGE.split(/^## /m).find((section) => section.startsWith(`\`${name}\``)) ?? '';
}

/** The rows of the section of a package: what it depends on, and why. */
function documented(name: string): { readonly dependency: string; readonly why: string }[] {
  return [...sectionOf(name).matchAll(/^\| `([^`]+)` \|(?: [^|]* \|)? ([^|]+) \|$/gm)].map(([, dependency = '', why = '']) => ({ dependency, why: why.trim() }));
}

describe.each(PACKAGES)('$manifest.name', (one) => {
  const { name, dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = one.manifest;

  it('has a reason in docs/dependencies.md for each package that it depends on, and for no other', () => {
    const rows = documented(name);
    expect(rows.map(({ dependency }) => dependency).sort()).toEqual(Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).sort());
    expect(rows.filter(({ why }) => why.length < 15)).toEqual([]);
  });

  it('brings along as many packages as docs/dependencies.md says', () => {
    const [, count] = /Brings along (\d+|nothing)/.exec(sectionOf(name)) ?? [];
    expect(count).toBe(String(broughtAlong(one).length || 'nothing'));
  });

  it('brings along only packages under licences that allow it', () => {
    expect(broughtAlong(one).filter(({ manifest }) => !ALLOWED.has(manifest.license)).map((refused) => `${nameOf(refused)}: ${String(refused.manifest.license)}`)).toEqual([]);
  });

  it('runs nothing when it is installed, and of what it brings along only what is known to', () => {
    expect(Object.keys(one.manifest.scripts ?? {}).filter((script) => [...INSTALL_SCRIPTS, 'prepare'].includes(script))).toEqual([]);
    const scripted = broughtAlong(one).filter(({ manifest }) => INSTALL_SCRIPTS.some((script) => script in (manifest.scripts ?? {})));
    expect(scripted.filter(({ manifest }) => !(manifest.name in KNOWN_INSTALL_SCRIPTS)).map(nameOf)).toEqual([]);
  });
});

describe('the search for what is brought along', () => {
  it('finds what is only a dependency of a dependency, and leaves out development tools', () => {
    const names = EVERYTHING.map(({ manifest }) => manifest.name);
    expect(names).toEqual(expect.arrayContaining(['protobufjs', 'long', 'import-in-the-middle', 'json-schema-traverse']));
    expect(names).not.toContain('vitest');
    expect(names).not.toContain('openai');
  });
});
