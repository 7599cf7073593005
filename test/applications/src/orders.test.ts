import { checkSetUps } from './check.ts';
import { recordSafety } from './safety-rows.ts';
import { calls, shortOnly, type SetUp } from './set-up.ts';
import { SDK_203, SDK_300, type Tree } from './trees.ts';

recordSafety('orders', "beside OpenTelemetry's own instrumentations, in any order");

// Beside OpenTelemetry's own instrumentations of HTTP, in whatever order they come: one span for each call and one for each
// attempt, from the first on.

const CLIENTS = [
  { client: 'openai', file: 'calls', boundary: 'sdk' },
  { client: 'node:http', file: 'http', boundary: 'inferred' },
  { client: 'axios', file: 'axios', boundary: 'inferred' },
] as const;

const FORMATS = [
  { format: 'an ES module', extension: 'mjs', by: '--import' },
  { format: 'CommonJS', extension: 'cjs', by: '--require' },
] as const;

/** Instrumentations in the array that NodeSDK is given, with those clients of which they trace the requests. */
const IN_CODE = [
  { order: 'auto,outspan', clients: ['openai', 'node:http', 'axios'] },
  { order: 'outspan,auto', clients: ['openai', 'node:http', 'axios'] },
  { order: 'undici,outspan', clients: ['openai'] },
  { order: 'outspan,undici', clients: ['openai'] },
  { order: 'http,outspan', clients: ['node:http', 'axios'] },
  { order: 'outspan,http', clients: ['node:http', 'axios'] },
] as const;

const AUTO = '@opentelemetry/auto-instrumentations-node/register';
const INSTRUMENT = '@outspan/node/instrument';

function setUps(tree: Tree, orders: readonly string[], clients: readonly string[]): SetUp[] {
  return FORMATS.flatMap(({ format, extension, by }) =>
    CLIENTS.filter(({ client }) => clients.includes(client)).flatMap(({ client, file, boundary }): SetUp[] => {
      const common = { tree, app: [`${file}.${extension}`], sees: { ...calls(boundary), ...(tree.sdk !== undefined && { sdk: tree.sdk }) } };
      const name = (order: string): string => `${tree.name}: ${order}, ${client}, ${format}`;
      return [
        ...IN_CODE.filter((row) => orders.includes(row.order) && row.clients.some((one) => one === client)).map(({ order }): SetUp => ({
          ...common,
          name: name(`NodeSDK({ instrumentations: [${order.replace(',', ', ')}] })`),
          node: [by, `./sdk.${extension}`],
          env: { INSTRUMENTATIONS: order.split(',').filter((one) => one !== 'outspan').join() },
          withEnv: { INSTRUMENTATIONS: order },
        })),
        { ...common, name: name('instrument before auto-instrumentations'), with: [by, INSTRUMENT], node: [by, AUTO] },
        { ...common, name: name('instrument after auto-instrumentations'), withAfter: [by, INSTRUMENT], node: [by, AUTO] },
      ];
    }),
  );
}

checkSetUps([
  // node:http stands for axios in the short form, and each order for one of the formats.
  ...shortOnly(
    setUps(SDK_300, IN_CODE.map(({ order }) => order), ['openai', 'node:http', 'axios']),
    ({ name }) => /openai, an ES module$|node:http, CommonJS$/.test(name),
  ),
  ...shortOnly(setUps(SDK_203, ['auto,outspan', 'outspan,auto'], ['openai', 'node:http']), ({ name }) => /\[auto, outspan\].*(?:openai, an ES module|node:http, CommonJS)$|before .*openai, CommonJS$/.test(name)),
]);
