import { isTested } from '@outspan/sdk-boundary';
import type { Check, Finding } from '../../finding.ts';
import type { RunFacts } from '../../run/facts.ts';
import { SUPPORTED } from '../folder/opentelemetry-versions.ts';

/** The API and the SDK must be of versions that Outspan knows. */
export const openTelemetryVersions: Check<RunFacts> = {
  name: 'opentelemetry-versions',
  find({ threads }): readonly Omit<Finding, 'check'>[] {
    const found = new Map(threads.flatMap(({ packages }) => packages).map((one) => [one.folder, one]));
    return [...found.values()].flatMap(({ name, version, folder }): Omit<Finding, 'check'>[] => {
      const range = Object.hasOwn(SUPPORTED, name) ? SUPPORTED[name] : undefined;
      if (range === undefined || version === undefined || isTested(version, range)) return [];
      return [{ severity: 'problem', says: `${name} ${version} (${folder}) is not supported: Outspan works with ${range.from} to below ${range.below}.`, fix: `Install a version of ${name} from ${range.from} on.` }];
    });
  },
};
