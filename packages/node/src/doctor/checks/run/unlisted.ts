import type { Check } from '../../finding.ts';
import type { RunFacts } from '../../run/facts.ts';

/** Some releases of Node.js cannot list ES modules without changing how modules load. */
export const unlisted: Check<RunFacts> = {
  name: 'unlisted-modules',
  find({ threads }) {
    const versions = new Set(threads.filter(({ listsModules }) => !listsModules).map(({ version }) => version));
    return [...versions].map((version) => ({ severity: 'unknown', says: `Node.js ${version} cannot list ES modules safely. This report leaves out copies and SDKs that were imported, unless they were hooked.`, fix: 'Run the doctor with Node.js 22.22.3, 24.11.1 or 26 to see them.' }) as const);
  },
};
