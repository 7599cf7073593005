import { isTested } from '@outspan/sdk-boundary';
import { SDK_RELEASES } from '../../../sdk/find.ts';
import type { Check, Finding } from '../../finding.ts';
import type { FolderFacts } from '../../folder/facts.ts';

/** The versions of OpenTelemetry that Outspan records to, by package. */
export const SUPPORTED: Readonly<Record<string, { readonly from: string; readonly below: string }>> = {
  '@opentelemetry/api': { from: '1.9.0', below: '2.0.0' },
  '@opentelemetry/sdk-node': { from: `0.${SDK_RELEASES.from}.0`, below: `0.${SDK_RELEASES.below}.0` },
};

/** The API and the SDK must be of versions that Outspan knows. */
export const openTelemetryVersions: Check<FolderFacts> = {
  name: 'opentelemetry-versions',
  find: ({ manifest, ownSdks, packages }): readonly Omit<Finding, 'check'>[] =>
    (manifest === undefined ? [] : packages).flatMap(({ name, version, folders }): Omit<Finding, 'check'>[] => {
      const range = Object.hasOwn(SUPPORTED, name) ? SUPPORTED[name] : undefined;
      if (range === undefined || isTested(version, range)) return [];
      // Outspan skips an SDK that it cannot start, unless the application starts it.
      const isUsed = name === '@opentelemetry/api' || ownSdks.length > 0;
      return [{ severity: isUsed ? 'problem' : 'note', says: `${name} ${version} (${folders[0]}) is not supported: Outspan works with ${range.from} to below ${range.below}.`, fix: `npm install ${name}@"${range.from.startsWith('0.') ? `>=${range.from} <${range.below}` : '^1.9.0'}"` }];
    }),
};
