/**
 * Writes what a package is made of when it is installed, as CycloneDX 1.6: `node scripts/sbom.mjs core slo`, or without
 * names for every package. `prepack` runs it, so that each published package holds the document of its own version.
 *
 * pnpm makes the document. What it says of the moment and the machine (time, random serial number, order, the registry that
 * this machine installs from) is taken out, so that the same lockfile gives the same bytes.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** @param {string} folder a folder of packages/ */
function made(folder) {
  const options = ['--filter', `./packages/${folder}`, 'sbom', '--prod', '--sbom-format', 'cyclonedx', '--sbom-spec-version', '1.6'];
  const { status, stdout, stderr, error } = spawnSync(join(ROOT, 'node_modules/.bin/pnpm'), options, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`pnpm sbom failed for ${folder}: ${error?.message ?? stderr}`);
  return JSON.parse(stdout);
}

/** Orders texts the same on every machine: by no locale. */
function order(a, b) {
  return a < b ? -1 : Number(a > b);
}

/** A component as the public registry serves it, also where this machine installs from a mirror of it. */
function published(component) {
  const references = component.externalReferences?.map((reference) =>
    reference.type === 'distribution' ? { ...reference, url: reference.url.replace(/^https?:\/\/.*?\/(?=(?:@[^/]+\/)?[^/]+\/-\/)/, 'https://registry.npmjs.org/') } : reference,
  );
  return { ...component, ...(references && { externalReferences: references }) };
}

/** A UUID (version 8: made by a rule of one's own) of a text. */
function uuidOf(text) {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function settled({ $schema, bomFormat, specVersion, version, metadata, components, dependencies }) {
  const { timestamp: _, ...lasting } = metadata;
  const content = {
    version,
    metadata: lasting,
    components: components.map(published).sort((a, b) => order(a['bom-ref'], b['bom-ref'])),
    dependencies: dependencies.map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.toSorted(order) })).sort((a, b) => order(a.ref, b.ref)),
  };
  return { $schema, bomFormat, specVersion, serialNumber: `urn:uuid:${uuidOf(JSON.stringify(content))}`, ...content };
}

const named = process.argv.slice(2);
for (const folder of named.length > 0 ? named : readdirSync(join(ROOT, 'packages'))) {
  writeFileSync(join(ROOT, 'packages', folder, 'sbom.cdx.json'), `${JSON.stringify(settled(made(folder)), undefined, 2)}\n`);
}
