import type { Check } from '../../finding.ts';
import type { FolderFacts } from '../../folder/facts.ts';

/** Variables must make sense. */
export const variables: Check<FolderFacts> = {
  name: 'variables',
  find: ({ exports }) => (exports?.complaints ?? []).map((says) => ({ severity: 'problem', says })),
};
