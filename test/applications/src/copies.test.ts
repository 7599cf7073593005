import { checkSetUps } from './check.ts';
import { recordSafety } from './safety-rows.ts';
import { calls, shortOnly, type SetUp } from './set-up.ts';
import { NEWER_API_NESTED, OLDER_API_NESTED, SDK_203, SDK_300, type Tree } from './trees.ts';

recordSafety('copies', 'two copies of the API in one process');

// Two copies of OpenTelemetry's API in one process: its ES module and its CommonJS build are two, and so are two versions.
// Whichever of them the application's SDK registers with, a call is beneath the application's own span.

type Way = Pick<SetUp, 'name' | 'app'> & Partial<SetUp>;

const IMPORT = ['--import', '@outspan/node/instrument'];
const REQUIRE = ['--require', '@outspan/node/instrument'];
const AUTO = '@opentelemetry/auto-instrumentations-node/register';

const FORMATS: readonly Way[] = [
  { name: 'CommonJS with its own SDK, instrument by --import', with: IMPORT, app: ['own-sdk.cjs'] },
  { name: 'an ES module with its own SDK, instrument by --require', with: REQUIRE, app: ['own-sdk.mjs'] },
  { name: 'CommonJS with its own SDK by --require, instrument by --import', with: IMPORT, node: ['--require', './sdk.cjs'], app: ['calls.cjs'] },
  { name: 'an ES module with its own SDK by --import, instrument by --require', with: REQUIRE, node: ['--import', './sdk.mjs'], app: ['calls.mjs'] },
  { name: 'CommonJS that starts its SDK after its imports, instrument by --import', with: IMPORT, app: ['late-sdk.cjs'] },
  { name: 'CommonJS that starts its SDK after its imports, instrument by --require', with: REQUIRE, app: ['late-sdk.cjs'] },
  { name: 'an ES module that starts its SDK after its imports, instrument by --import', with: IMPORT, app: ['late-sdk.mjs'] },
  { name: 'an ES module that starts its SDK after its imports, instrument by --require', with: REQUIRE, app: ['late-sdk.mjs'] },
  { name: 'CommonJS that starts its SDK after a timer, instrument by --import', with: IMPORT, app: ['late-sdk.cjs'], env: { AFTER: 'timer' } },
  { name: 'CommonJS that starts its SDK after a timer, instrument by --require', with: REQUIRE, app: ['late-sdk.cjs'], env: { AFTER: 'timer' } },
  { name: 'an ES module that starts its SDK after a timer, instrument by --import', with: IMPORT, app: ['late-sdk.mjs'], env: { AFTER: 'timer' } },
  { name: 'an ES module that starts its SDK after a timer, instrument by --require', with: REQUIRE, app: ['late-sdk.mjs'], env: { AFTER: 'timer' } },
  { name: 'CommonJS with its own SDK, registerInstrumentations() in an ES module by --import', with: ['--import', './in-code.mjs'], app: ['own-sdk.cjs'] },
  { name: 'an ES module with its own SDK, registerInstrumentations() in CommonJS by --require', with: ['--require', './in-code.cjs'], app: ['own-sdk.mjs'] },
  { name: 'an ES module, instrument by --require before auto-instrumentations by --import', with: REQUIRE, node: ['--import', AUTO], app: ['calls.mjs'] },
  { name: 'an ES module, instrument by --import after auto-instrumentations by --require', withAfter: IMPORT, node: ['--require', AUTO], app: ['calls.mjs'] },
  { name: 'CommonJS, instrument by --import after auto-instrumentations by --require', withAfter: IMPORT, node: ['--require', AUTO], app: ['calls.cjs'] },
  { name: 'CommonJS, instrument by --require before auto-instrumentations by --import', with: REQUIRE, node: ['--import', AUTO], app: ['calls.cjs'] },
];

const VERSIONS: readonly Way[] = [
  { name: 'an ES module, instrument by --import', with: IMPORT, app: ['member.mjs'] },
  { name: 'an ES module, instrument by --require', with: REQUIRE, app: ['member.mjs'] },
  { name: 'CommonJS, instrument by --import', with: IMPORT, app: ['member.cjs'] },
  { name: 'CommonJS, instrument by --require', with: REQUIRE, app: ['member.cjs'] },
];

function inTree(tree: Tree, ways: readonly Way[]): SetUp[] {
  return ways.map((way) => ({ sees: { ...calls('sdk'), ...(tree.sdk !== undefined && { sdk: tree.sdk }) }, ...way, name: `${tree.name}: ${way.name}`, tree }));
}

checkSetUps([
  ...shortOnly(inTree(SDK_300, FORMATS), ({ name }) => !name.includes('after a timer')),
  ...shortOnly(inTree(SDK_203, FORMATS), ({ name }) => /with its own SDK, instrument|auto-instrumentations by --import/.test(name)),
  ...shortOnly(
    [OLDER_API_NESTED, NEWER_API_NESTED].flatMap((tree) => inTree(tree, VERSIONS)),
    ({ name }) => /an ES module, instrument by --import$|CommonJS, instrument by --require$/.test(name),
  ),
]);
