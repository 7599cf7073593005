import type { Check, Finding } from '../../finding.ts';
import type { RunFacts } from '../../run/facts.ts';
import { named } from './threads.ts';

/** A process must have one version of Outspan. The second one does nothing. */
export const outspanCopies: Check<RunFacts> = {
  name: 'outspan-versions',
  find: ({ threads }): readonly Omit<Finding, 'check'>[] =>
    threads.flatMap((thread): Omit<Finding, 'check'>[] => {
      const copies = new Map(thread.packages.filter(({ name }) => name === '@outspan/core').map(({ version, folder }) => [version ?? 'unknown', folder]));
      if (copies.size < 2) return [];
      return [{ severity: 'problem', says: `${named(thread)} has ${copies.size} versions of Outspan: ${[...copies].map(([version, folder]) => `${version} in ${folder}`).join(', ')}. The one that came first acts.`, fix: 'Install one version of all @outspan packages.' }];
    }),
};
