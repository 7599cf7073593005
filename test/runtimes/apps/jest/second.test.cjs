const { OpenAI } = require('openai');
const { baseUrl, makeCalls } = require('../calls.cjs');

test('calls the provider', async () => {
  expect(await makeCalls(OpenAI, baseUrl(1), (line) => process.stdout.write(`${line}\n`))).toBe(5);
}, 20_000);
