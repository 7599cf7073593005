import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifestOf, PACKAGES, ROOT, type Manifest } from '../repository.ts';
import { recordRows } from '../record.ts';
import { broughtAlong, nameOf } from './installed.ts';

const COMMAND = 'npx vitest run --project safety test/safety/src/supply-chain/publishing.test.ts';
const BIN = join(ROOT, 'node_modules/.bin');

/** What these tests read of a CycloneDX document. */
interface Sbom {
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp?: string; readonly component: { readonly purl: string } };
  readonly components: readonly { readonly 'bom-ref': string; readonly purl: string; readonly licenses?: unknown; readonly externalReferences?: readonly { readonly type: string; readonly url: string; readonly hashes?: unknown }[] }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

function run(command: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 60_000, maxBuffer: 1 << 26, env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
}

const folder = mkdtempSync(join(tmpdir(), 'outspan-packed-'));
const unpacked = (name: string): string => join(folder, name, 'package');

/** Packs and unpacks a package, as publishing it would: with pnpm, which replaces what is of the workspace. */
function pack({ folder: name, path }: (typeof PACKAGES)[number]): void {
  const target = join(folder, name);
  run(join(BIN, 'pnpm'), ['pack', '--pack-destination', target], path);
  run('tar', ['-xzf', ...run('ls', [target], ROOT).trim().split('\n')], target);
}

function sbomOf(name: string): Sbom {
  return JSON.parse(readFileSync(join(unpacked(name), 'sbom.cdx.json'), 'utf8')) as Sbom;
}

/** `pkg:npm/%40scope/name@1.0.0` as `@scope/name@1.0.0`. */
function named(purl: string): string {
  return decodeURIComponent(purl.replace('pkg:npm/', ''));
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

recordRows('publishing', () => {
  const components = PACKAGES.map(({ folder: name }) => sbomOf(name).components.length);
  return [
    {
      area: 'Supply chain',
      tried: 'each package is packed as for npm: its SBOM is valid CycloneDX 1.6, complete against what is installed, and byte for byte the same when made again and from another registry',
      times: PACKAGES.length,
      result: `${PACKAGES.length} of ${PACKAGES.length} packages; ${components.reduce((sum, count) => sum + count, 0)} entries, each with its licence`,
      command: COMMAND,
    },
    {
      area: 'Supply chain',
      tried: 'each package as packed: licence in it, provenance asked for, exact versions of its sisters, no script that npm would run',
      times: PACKAGES.length,
      result: `${PACKAGES.length} of ${PACKAGES.length} packages`,
      command: COMMAND,
    },
  ];
});

describe.each(PACKAGES)('$manifest.name as it is published', (one) => {
  const { folder: name, manifest } = one;
  const published = (): Manifest => manifestOf(unpacked(name));

  beforeAll(() => pack(one));

  it('holds the licence, and its own SBOM', () => {
    expect(readFileSync(join(unpacked(name), 'LICENSE'), 'utf8')).toBe(readFileSync(join(ROOT, 'LICENSE'), 'utf8'));
    expect(named(sbomOf(name).metadata.component.purl)).toBe(`${manifest.name}@${manifest.version}`);
  });

  it('has an SBOM that is valid CycloneDX 1.6', async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(readFileSync(join(unpacked(name), 'sbom.cdx.json'), 'utf8'))).toBeNull();
    expect(sbomOf(name).specVersion).toBe('1.6');
  });

  it('lists in the SBOM what it brings along, no more and no less', () => {
    const listed = sbomOf(name).components.map(({ purl }) => named(purl));
    // One package has its version with a v in front.
    const names = (optional: boolean): string[] => broughtAlong(one, optional).map((installed) => nameOf(installed).replace(/@v(?=\d)/, '@'));
    expect(names(false).filter((expected) => !listed.includes(expected))).toEqual([]);
    expect(listed.filter((actual) => !names(true).includes(actual))).toEqual([]);
  });

  it('says of each package of others its licence and its checksum, and who needs it', () => {
    const { components, dependencies, metadata } = sbomOf(name);
    for (const { purl, licenses, externalReferences = [] } of components) {
      expect(licenses, purl).toBeDefined();
      expect(named(purl).startsWith('@outspan/') || externalReferences.some(({ type, hashes }) => type === 'distribution' && hashes !== undefined), purl).toBe(true);
    }
    const needed = new Set(dependencies.flatMap(({ dependsOn }) => dependsOn));
    expect(components.filter((component) => !needed.has(component['bom-ref'])).map(({ purl }) => purl)).toEqual([]);
    expect(dependencies.map(({ ref }) => ref)).toContain(metadata.component.purl);
  });

  it('is ready to be published with a provenance, by a public name', () => {
    expect(published().publishConfig).toEqual({ access: 'public', provenance: true });
    expect(published().license).toBe('Apache-2.0');
    expect(published().private).toBeUndefined();
  });

  it('depends on exact versions of its sisters, on bounded ones of others, and has no script that npm would run', () => {
    const { dependencies = {}, scripts = {} } = published();
    for (const [dependency, version] of Object.entries(dependencies)) {
      const bounds = dependency.startsWith('@outspan/') ? /^\d+\.\d+\.\d+$/ : /^(?:\^?\d+\.\d+\.\d+|>=\d+\.\d+\.\d+ <\d+\.\d+\.\d+)$/;
      expect([dependency, version]).toEqual([dependency, expect.stringMatching(bounds)]);
    }
    expect(Object.keys(scripts).filter((script) => /^(?:pre|post)?(?:install|prepare|pack|publish)$|^dependencies$/.test(script))).toEqual([]);
  });
});

describe('the packages', () => {
  it('say where they come from all alike, or, as long as there is no such place, not at all', () => {
    const repositories = PACKAGES.map(({ manifest }) => manifest.repository);
    const [first] = repositories;
    expect(repositories).toEqual(PACKAGES.map(({ folder: name }) => (first === undefined ? undefined : { ...(first as object), directory: `packages/${name}` })));
  });

  it('have the same SBOM each time it is made, also from another registry', () => {
    const before = PACKAGES.map(({ path }) => readFileSync(join(path, 'sbom.cdx.json'), 'utf8'));
    run(process.execPath, [join(ROOT, 'scripts/sbom.mjs')], ROOT, { pnpm_config_registry: 'http://127.0.0.1:9/a/mirror/', npm_config_registry: 'http://127.0.0.1:9/a/mirror/' });
    expect(PACKAGES.map(({ path }) => readFileSync(join(path, 'sbom.cdx.json'), 'utf8'))).toEqual(before);
    expect(before.join('')).not.toMatch(/127\.0\.0\.1|"timestamp"/);
    expect(before.join('')).toContain('"url": "https://registry.npmjs.org/@opentelemetry/sdk-node/-/sdk-node-');
  });
});
