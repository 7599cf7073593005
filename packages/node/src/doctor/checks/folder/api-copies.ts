import type { Check } from '../../finding.ts';
import type { FolderFacts } from '../../folder/facts.ts';

/** Two versions of the API refuse each other's registrations. */
export const apiCopies: Check<FolderFacts> = {
  name: 'api-versions',
  find({ manifest, packages }) {
    // Without a package.json, the packages may be those of anybody.
    if (manifest === undefined) return [];
    const copies = packages.filter(({ name }) => name === '@opentelemetry/api');
    if (new Set(copies.map(({ version }) => version)).size < 2) return [];
    const places = copies.map(({ version, folders }) => `${version} in ${folders[0]}`).join(', ');
    return [{ severity: 'problem', says: `Two versions of @opentelemetry/api can be loaded: ${places}. If one registers first, OpenTelemetry refuses what the other registers.`, fix: 'Have one: npm dedupe, or overrides (npm), pnpm.overrides, resolutions (Yarn) for @opentelemetry/api.' }];
  },
};
