import { isSupportedNode, OLDEST_NODE } from '../../../node-version.ts';
import type { Check } from '../../finding.ts';
import type { RunFacts } from '../../run/facts.ts';

/** Node.js must be one that can be instrumented. */
export const nodeVersion: Check<RunFacts> = {
  name: 'node-version',
  find({ threads }) {
    const old = new Set(threads.filter(({ version }) => !isSupportedNode(version)).map(({ version }) => version));
    return [...old].map((version) => ({ severity: 'problem', says: `The application runs on Node.js ${version}, which is too old: nothing is traced.`, fix: `Use Node.js ${OLDEST_NODE} or newer.` }) as const);
  },
};
