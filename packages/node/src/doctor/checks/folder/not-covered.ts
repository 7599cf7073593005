import type { Check } from '../../finding.ts';
import type { FolderFacts } from '../../folder/facts.ts';

/** No SDK's calls may go unseen. */
export const notCovered: Check<FolderFacts> = {
  name: 'not-covered',
  find: ({ sdks }) => sdks.filter(({ boundary }) => boundary === 'none').map(({ name, version, note }) => ({ severity: 'problem', says: `${name} ${version} is not covered: ${note}.`, fix: 'Change OTEL_NODE_ENABLED_INSTRUMENTATIONS or OTEL_NODE_DISABLED_INSTRUMENTATIONS.' })),
};
