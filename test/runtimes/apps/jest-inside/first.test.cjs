const { OpenAI } = require('openai');
const { baseUrl, makeCalls } = require('../calls.cjs');

test('calls the provider', async () => {
  const work = () => makeCalls(OpenAI, baseUrl(0), (line) => process.stdout.write(`${line}\n`));
  const spansOf = process.env.UNTRACED ? undefined : require('./telemetry.cjs').spansOf;
  expect(spansOf ? await spansOf(work) : await work()).toEqual(spansOf ? ['POST', 'POST', 'POST', 'POST', 'chat gpt-4o', 'chat gpt-4o', 'chat gpt-4o'] : 5);
}, 20_000);
