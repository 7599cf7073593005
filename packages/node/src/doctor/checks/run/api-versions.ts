import type { Registration } from '../../probe/record.ts';
import type { Check, Finding } from '../../finding.ts';
import type { RunFacts, ThreadFacts } from '../../run/facts.ts';
import { named } from './threads.ts';

function versionOf({ folder }: Registration, { packages }: ThreadFacts): string {
  return packages.find((one) => one.folder === folder)?.version ?? 'of unknown version';
}

/** The copy that registered first: the one with a registration, or the one with the version of the registry. */
function first({ registrations, packages, registry }: ThreadFacts): string {
  const taken = registrations.find(({ refused }) => refused === undefined)?.folder;
  const made = packages.find(({ name, version }) => name === '@opentelemetry/api' && version !== undefined && version === registry?.version)?.folder;
  return `${registry?.version ?? 'another version'} in ${taken ?? made ?? 'a place that is not seen'}`;
}

/** The API only takes registrations from one version. */
export const apiVersions: Check<RunFacts> = {
  name: 'api-versions',
  find: ({ threads }): readonly Omit<Finding, 'check'>[] =>
    threads.flatMap((thread): Omit<Finding, 'check'>[] => {
      const refused = thread.registrations.filter((registration) => registration.refused === 'version');
      const [one] = refused;
      if (one === undefined) return [];
      const signals = [...new Set(refused.map(({ of }) => of))].join(', ');
      return [
        {
          severity: 'problem',
          says: `${named(thread)}: OpenTelemetry refused what an SDK registered (${signals}), because two versions of @opentelemetry/api are in use. ${first(thread)} registered first; ${versionOf(one, thread)} in ${one.folder} was refused${one.from === undefined ? '' : `, asked by ${one.from}`}.`,
          fix: 'Have one version: npm dedupe, or overrides (npm), pnpm.overrides, resolutions (Yarn) for @opentelemetry/api.',
        },
      ];
    }),
};
