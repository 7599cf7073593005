// Makes calls one after the other, and prints how long they took: milliseconds, and CPU of all threads for each. Usage: latency-application.mjs PROVIDER CALLS
import OpenAI from 'openai';

const [baseURL, count] = process.argv.slice(2);
const calls = Number(count);
const client = new OpenAI({ baseURL, apiKey: 'sk-not-a-key', maxRetries: 0 });
const request = { model: 'gpt-5-mini', messages: [{ role: /** @type {const} */ ('user'), content: 'Why is the sky blue?' }] };

/** @type {number[]} */
const took = [];
let cpu = process.cpuUsage();
for (let call = -Math.ceil(calls / 4); call < calls; call++) {
  // What goes before is for warming up.
  if (call === 0) cpu = process.cpuUsage();
  const begun = performance.now();
  await client.chat.completions.create(request);
  if (call >= 0) took.push(performance.now() - begun);
}
const { user, system } = process.cpuUsage(cpu);
took.sort((a, b) => a - b);
const at = (/** @type {number} */ share) => took[Math.floor(took.length * share)];
process.stdout.write(JSON.stringify({ p50: at(0.5), p95: at(0.95), p99: at(0.99), cpu: (user + system) / 1_000 / calls }), () => process.exit());
