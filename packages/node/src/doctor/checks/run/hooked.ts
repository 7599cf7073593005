import type { Check, Finding } from '../../finding.ts';
import type { ReportedSdk } from '../../report.ts';
import type { RunFacts, ThreadFacts } from '../../run/facts.ts';
import { lineWith } from '../../starts/insert.ts';
import { named, withOutspan } from './threads.ts';

/** What to do, by the reason. */
const FIXES: readonly { readonly why: RegExp; readonly fix: (facts: RunFacts, sdk: ReportedSdk) => string }[] = [
  { why: / is off$/, fix: () => 'Change OTEL_NODE_ENABLED_INSTRUMENTATIONS or OTEL_NODE_DISABLED_INSTRUMENTATIONS, or the list of instrumentations in your code.' },
  { why: /is not built as/, fix: (_, { name }) => `Use a version of ${name} that is tested.` },
  { why: /loaded before Outspan/, fix: ({ target }) => `Load Outspan before the application: ${lineWith(target.line, target.command, '@outspan/node/register') ?? 'NODE_OPTIONS="--import @outspan/node/register"'} (instrument beside an SDK of your own)` },
  { why: /module loader of/, fix: () => 'Load Outspan after it, by a later --import.' },
];

function isMissing({ hooked, boundary }: ReportedSdk): boolean {
  return hooked === false && boundary !== 'native';
}

/** Whether calls were missed, or none was made. If all were seen by a hook, the SDK was loaded for something else. */
function isMissed({ calls }: ThreadFacts): boolean {
  return calls.inferred.seen > 0 || calls.sdk.seen + calls.native.seen === 0;
}

/** SDKs that Outspan announced as not hooked, although none of their files was loaded. */
function bundled({ announced, sdks }: ThreadFacts): string[] {
  const unhooked = [...announced].flatMap((cause) => /^unhooked:(.+)$/.exec(cause)?.[1] ?? []);
  return unhooked.filter((name) => !sdks.some((sdk) => sdk.name.includes(name.split(' ')[0] ?? name) && sdk.hooked === false));
}

/** SDKs must be hooked. Otherwise their calls are only known by their requests. */
export const hooked: Check<RunFacts> = {
  name: 'hooked',
  find: (facts): readonly Omit<Finding, 'check'>[] =>
    withOutspan(facts).flatMap((thread): Omit<Finding, 'check'>[] => [
      ...thread.sdks.filter((sdk) => isMissing(sdk) && isMissed(thread)).map((sdk): Omit<Finding, 'check'> => {
        const fix = FIXES.find(({ why }) => why.test(sdk.why ?? ''))?.fix(facts, sdk);
        return { severity: 'problem', says: `${named(thread)}: ${sdk.name} ${sdk.version ?? ''} (${sdk.format === 'esm' ? 'ES module' : 'CommonJS'}) is not hooked: ${sdk.why}. Its calls are only known by their requests.`, ...(fix !== undefined && { fix }) };
      }),
      ...bundled(thread).map((name): Omit<Finding, 'check'> => ({
        severity: 'problem',
        says: `${named(thread)}: the SDK of ${name} is in use, but none of its files was loaded. It is part of a bundle. Its calls are only known by their requests.`,
        fix: 'Keep the SDK out of the bundle (external, serverExternalPackages), or give its client to observe() of the SDK’s instrumentation package.',
      })),
    ]),
};
