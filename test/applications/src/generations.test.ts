import { recordSafety } from './safety-rows.ts';
import { calls, NOTHING_SEEN, shortOnly, type SetUp } from './set-up.ts';
import { checkSetUps } from './check.ts';
import { API_ONLY, NOTHING, OTHERWISE, SDK_203, SDK_223, SDK_300, SDK_301, type Tree } from './trees.ts';

recordSafety('generations', 'every generation of OpenTelemetry, every way in');

type Way = Omit<SetUp, 'tree' | 'sees'> & Partial<Pick<SetUp, 'sees'>>;

const REGISTER: readonly Way[] = [
  { name: 'register by --import, an ES module', with: ['--import', '@outspan/node/register'], app: ['calls.mjs'] },
  { name: 'register by --import, CommonJS', with: ['--import', '@outspan/node/register'], app: ['calls.cjs'] },
  { name: 'register by --require, an ES module', with: ['--require', '@outspan/node/register'], app: ['calls.mjs'] },
  { name: 'register by --require, CommonJS', with: ['--require', '@outspan/node/register'], app: ['calls.cjs'] },
];

const BY_VARIABLE: Way = { name: 'register by NODE_OPTIONS', app: ['calls.mjs'], withEnv: { NODE_OPTIONS: '--import @outspan/node/register' } };

/** With an SDK of the application's own. */
const OWN_SDK: readonly Way[] = [
  { name: 'instrument by --import, an SDK of its own by --import, an ES module', with: ['--import', '@outspan/node/instrument'], node: ['--import', './sdk.mjs'], app: ['calls.mjs'] },
  { name: 'instrument by --require, an SDK of its own by --require, CommonJS', with: ['--require', '@outspan/node/instrument'], node: ['--require', './sdk.cjs'], app: ['calls.cjs'] },
  { name: 'outspanInstrumentations() given to NodeSDK, an ES module', node: ['--import', './sdk.mjs'], app: ['calls.mjs'], withEnv: { INSTRUMENTATIONS: 'outspan' } },
  { name: 'outspanInstrumentations() given to NodeSDK, CommonJS', node: ['--require', './sdk.cjs'], app: ['calls.cjs'], withEnv: { INSTRUMENTATIONS: 'outspan' } },
  { name: 'instrumentations each by itself, given to registerInstrumentations, an ES module', with: ['--import', './each-by-itself.mjs'], without: ['--import', './sdk-with-hooks.mjs'], app: ['calls.mjs'] },
  { name: 'instrumentations each by itself, given to registerInstrumentations, CommonJS', with: ['--require', './each-by-itself.cjs'], without: ['--require', './sdk.cjs'], app: ['calls.cjs'] },
];

/** What is required is run in the thread of an asynchronous loader, too. */
const BESIDE_LOADER: Way = { name: 'outspanInstrumentations() given to NodeSDK in a required file, beside an asynchronous loader', node: ['--loader', './loader.mjs', '--require', './sdk.cjs'], app: ['calls.mjs'], withEnv: { INSTRUMENTATIONS: 'outspan' } };

/** Where nothing records, which is to be told. */
const NO_SDK: readonly Way[] = [
  { name: 'instrument by --import, without any SDK, an ES module', with: ['--import', '@outspan/node/instrument'], app: ['calls.mjs'], sees: NOTHING_SEEN, says: ['no tracer provider records'] },
  { name: 'instrument by --require, without any SDK, CommonJS', with: ['--require', '@outspan/node/instrument'], app: ['calls.cjs'], sees: NOTHING_SEEN, says: ['no tracer provider records'] },
];

function inTree(tree: Tree, ways: readonly Way[]): SetUp[] {
  const sees = { ...calls('sdk'), ...(tree.sdk !== undefined && { sdk: tree.sdk }) };
  return ways.map((way) => ({ sees, ...way, name: `${tree.name}: ${way.name}`, tree }));
}

/** The same, for an application that has no API of OpenTelemetry. */
function withoutApi(way: Way): Way {
  return { sees: calls('sdk', 'nothing'), ...way, app: way.app.map((file) => file.replace('calls', 'plain')) };
}

/** What is tried where the tree is laid out otherwise: with an SDK of its own and without. */
function otherwise(tree: Tree): SetUp[] {
  if (tree.sdk !== undefined) return shortOnly(inTree(tree, [...REGISTER, ...OWN_SDK]), ({ name }) => /: (?:register by --import, an ES module|instrument by --require, .*CommonJS)$/.test(name));
  return inTree(tree, REGISTER.filter((way) => way.name.startsWith('register by --import')).map((way) => withoutApi({ ...way, ...(tree.says && { says: tree.says }) })));
}

checkSetUps([
  // Both ends of the range in full.
  ...[SDK_203, SDK_301].flatMap((tree) => inTree(tree, [...REGISTER, ...OWN_SDK, BESIDE_LOADER])),
  ...shortOnly(
    [SDK_223, SDK_300].flatMap((tree) => inTree(tree, [...REGISTER, ...OWN_SDK])),
    ({ name }) => /: (?:register by --import, an ES module|outspanInstrumentations\(\) given to NodeSDK, CommonJS)$/.test(name),
  ),
  ...shortOnly(inTree(API_ONLY, [...REGISTER, ...NO_SDK]), ({ name }) => !/--import, CommonJS$|--require, an ES module$/.test(name)),
  ...inTree(NOTHING, [...REGISTER, BY_VARIABLE, ...NO_SDK].map(withoutApi)),
  ...OTHERWISE.flatMap(otherwise),
]);
