import { startFaultProvider, type FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { receive } from '../../runtimes/src/receiver.ts';
import { run } from '../../runtimes/src/run.ts';
import { checkSetUps, NODES, ready } from './check.ts';
import { EXECUTABLES, exportingTo } from './measure.ts';
import { recordSafety } from './safety-rows.ts';
import { said } from './seen/words.ts';
import { calls, NOTHING_SEEN, OWN_SPANS, SCRIPT, type NodeMajor, type SetUp } from './set-up.ts';
import { NOTHING, SDK_203, SDK_223, SDK_300, SDK_301, type Tree } from './trees.ts';

recordSafety('silence', 'what is said');

// What is wrong is said, once, where someone reads it; and nothing else is said.

const IMPORT = ['--import', '@outspan/node/instrument'];
const REGISTER = ['--import', '@outspan/node/register'];
const AUTO = ['--import', '@opentelemetry/auto-instrumentations-node/register'];

/** An SDK that was loaded before Outspan: calls are known from the wire alone, and a warning says why. */
const UNHOOKED: Pick<SetUp, 'app' | 'withEnv' | 'sees'> = { app: ['loaded-first.mjs'], withEnv: { INSTRUMENTATIONS: 'outspan' }, sees: calls('inferred') };

function beside(tree: Tree): SetUp[] {
  const name = (text: string): string => `${tree.name}: ${text}`;
  const sdk = tree.sdk !== undefined && { sdk: tree.sdk };
  return [
    { tree, name: name('a warning beside an SDK without a diag logger is on standard error, once'), ...UNHOOKED, sees: { ...UNHOOKED.sees, ...sdk }, says: ['openai is not hooked'] },
    { tree, name: name('OUTSPAN_LOG=none turns it off'), ...UNHOOKED, sees: { ...UNHOOKED.sees, ...sdk }, withEnv: { ...UNHOOKED.withEnv, OUTSPAN_LOG: 'none' } },
  ];
}

checkSetUps([
  ...[SDK_203, SDK_301].flatMap(beside),
  { tree: SDK_301, name: 'the first call without a tracer provider that records is told, once: by --import', with: IMPORT, app: ['calls.mjs'], sees: NOTHING_SEEN, says: ['no tracer provider records'] },
  { tree: SDK_301, name: 'the first call without a tracer provider that records is told, once: by --require', with: ['--require', '@outspan/node/instrument'], app: ['calls.cjs'], sees: NOTHING_SEEN, says: ['no tracer provider records'] },
  { tree: SDK_301, name: 'OUTSPAN_LOG=none turns that off too', with: IMPORT, app: ['calls.mjs'], withEnv: { OUTSPAN_LOG: 'none' }, sees: NOTHING_SEEN },
  { tree: SDK_301, name: 'with OTEL_SDK_DISABLED nothing is said', with: IMPORT, app: ['calls.mjs'], withEnv: { OTEL_SDK_DISABLED: 'true' }, sees: NOTHING_SEEN },
  { tree: SDK_301, name: 'OUTSPAN_LOG=info prints one line at the start, by register', with: REGISTER, app: ['calls.mjs'], withEnv: { OUTSPAN_LOG: 'info' }, sees: calls('sdk'), says: ['started (OUTSPAN_LOG=info)'] },
  { tree: SDK_301, name: 'OUTSPAN_LOG=info prints one line at the start, beside an SDK of its own', with: IMPORT, node: ['--import', './sdk.mjs'], app: ['calls.mjs'], withEnv: { OUTSPAN_LOG: 'info' }, sees: calls('sdk'), says: ['started (OUTSPAN_LOG=info)'] },
  ...[SDK_203, SDK_223, SDK_300].map((tree): SetUp => ({
    tree,
    name: `${tree.name}: register after auto-instrumentations prints what it does, and nobody else's warnings`,
    node: AUTO,
    withAfter: REGISTER,
    app: ['calls.mjs'],
    sees: { ...calls('sdk'), ...(tree.sdk !== undefined && { sdk: tree.sdk }) },
    says: ['a provider is registered already'],
  })),
  ...[
    { name: 'register after auto-instrumentations', node: AUTO, withAfter: REGISTER, says: ['a provider is registered already'] as const },
    { name: 'instrument beside an SDK of its own', node: ['--import', './sdk.mjs'], with: IMPORT },
  ].map((way): SetUp => ({ ...way, tree: SDK_300, name: `${way.name} turns on no logger for what others say`, app: ['warns.mjs'], sees: calls('sdk') })),
  { tree: SDK_300, name: 'register before auto-instrumentations: one SDK, nothing twice, and one line that says which', with: REGISTER, node: AUTO, app: ['calls.mjs'], sees: calls('sdk'), says: ['two SDKs'] },
  { tree: SDK_301, name: 'register in an application that starts its own SDK: one SDK, nothing twice, and one line that says which', with: REGISTER, app: ['own-sdk.mjs'], sees: calls('sdk'), says: ['two SDKs'] },
  { tree: SDK_301, name: 'an SDK of its own without Outspan has its own spans', node: ['--import', './sdk.mjs'], app: ['calls.mjs'], sees: OWN_SPANS },
]);

let provider: FaultProvider;
beforeAll(async () => {
  provider = await startFaultProvider();
});
afterAll(() => provider.close());

/** What a run of an application prints to standard error, and where its telemetry went. */
async function stderrOf(tree: Tree, node: NodeMajor, argv: readonly string[], env: Readonly<Record<string, string>>): Promise<{ stderr: string; url: string }> {
  const { after } = await ready(tree);
  const backend = await receive();
  try {
    const session = provider.session(SCRIPT, { words: { headers: { 'retry-after-ms': '5' } } });
    const { stderr } = await run({ executable: EXECUTABLES[node], argv, cwd: after.apps, env: { BASE_URL: `${session.baseUrl}/v1`, ...exportingTo(backend.url), ...env } });
    return { stderr, url: backend.url };
  } finally {
    backend.close();
  }
}

describe.concurrent.for(NODES.map((node) => ({ node })))('on standard error, on Node.js $node', ({ node }) => {
  it('the line of OUTSPAN_LOG=info names the version, the SDK with its version and boundary, and where telemetry goes', async ({ expect }) => {
    const { stderr, url } = await stderrOf(NOTHING, node, [...REGISTER, 'plain.mjs'], { OUTSPAN_LOG: 'info' });
    const lines = stderr.split('\n').filter((line) => line !== '');
    expect.soft(lines).toHaveLength(1);
    expect.soft(lines[0]).toMatch(/\b0\.0/);
    expect.soft(lines[0]).toMatch(/openai.{1,3}7\.57.*\bsdk\b/);
    expect.soft(lines[0]).toContain(url);
  });

  it("a warning goes to the application's own diag logger, where it has set one, and nowhere else", async ({ expect }) => {
    const { stderr } = await stderrOf(SDK_301, node, ['loaded-first.mjs'], { INSTRUMENTATIONS: 'outspan', LOGGER: 'its own' });
    const lines = stderr.split('\n').filter((line) => line.includes('is in use but is not hooked'));
    expect(lines).toEqual([expect.stringMatching(/^its own logger: /)]);
  });

  it('OUTSPAN_CONSOLE=tree prints the tree beside an SDK of its own, or one line says why not', async ({ expect }) => {
    const { stderr } = await stderrOf(SDK_301, node, [...IMPORT, '--import', './sdk.mjs', 'calls.mjs'], { OUTSPAN_CONSOLE: 'tree' });
    const { tree, ours } = said(stderr);
    const operations = tree.filter((line) => line.startsWith('✓ chat gpt-4o')).length;
    expect({ operations, ours }).toEqual(operations > 0 ? { operations: 4, ours: [] } : { operations: 0, ours: ['the tree is not printed'] });
  });
});
