// Starts its own SDK when everything is loaded; AFTER says whether at once or after a timer.
const { setTimeout: wait } = require('node:timers/promises');
const { trace } = require('@opentelemetry/api');
const { OpenAI } = require('openai');
const { ASK, BASE_URL, inSpans, makeCalls } = require('./make-calls.cjs');

const openai = new OpenAI({ apiKey: 'any', baseURL: BASE_URL });

async function main() {
  if (process.env.AFTER === 'timer') await wait(50);
  require('./sdk.cjs');
  await makeCalls(() => openai.chat.completions.create(ASK), inSpans(trace));
}
void main();
