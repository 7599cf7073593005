import { relative } from 'node:path';
import type { Check, Finding } from '../../finding.ts';
import type { FolderFacts } from '../../folder/facts.ts';

/** SDKs inside a bundle cannot be hooked. Their calls are known by their requests. */
export const bundle: Check<FolderFacts> = {
  name: 'bundle',
  find({ folder, nextExternals, sdks, starts }): readonly Omit<Finding, 'check'>[] {
    const found = new Map(starts.flatMap(({ reached }) => reached.filter(({ bundles }) => bundles.length > 0).map(({ path, bundles }) => [relative(folder, path), bundles] as const)));
    const bundled = [...found].map(([file, names]): Omit<Finding, 'check'> => ({
      severity: 'unknown',
      says: `${file} is a bundle that holds ${names.join(', ')}. The doctor cannot see into it. Expect the boundary inferred: calls are known by their requests.`,
      fix: `Keep ${names.join(', ')} out of the bundle (external) for the boundary sdk, or give its client to observe(). npx @outspan/node doctor -- … shows which boundary it gets.`,
    }));
    const inside = [...new Set(sdks.map(({ name }) => name))].filter((name) => !nextExternals.includes(name));
    if (inside.length === 0 || !starts.some(({ command }) => command.kind === 'server' && command.program === 'next')) return bundled;
    const names = inside.join(', ');
    return [...bundled, { severity: 'unknown', says: `Next.js bundles what the server imports. The doctor cannot see into it. Expect the boundary inferred for ${names}.`, fix: `Name ${names} in serverExternalPackages for the boundary sdk.` }];
  },
};
