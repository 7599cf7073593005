/** An application without a word of telemetry, and how it ends. */
import OpenAI from 'openai';

const client = new OpenAI({ apiKey: 'sk-test', baseURL: process.env.BASE_URL });
const messages = [{ role: 'user', content: 'Hi' }];
const answer = await client.chat.completions.create({ model: 'gpt-5', messages });
console.log(answer.choices[0].message.content);
for await (const chunk of await client.chat.completions.create({ model: 'gpt-5', messages, stream: true })) console.log(chunk.choices[0]?.delta.content ?? '');

const endings = {
  naturally: () => undefined,
  byExit: () => process.exit(3),
  bySignal() {
    setTimeout(() => undefined, 30_000);
    process.kill(process.pid, 'SIGTERM');
  },
  async flushed() {
    const { flush } = await import('@outspan/node');
    await flush({ timeout: 10_000 });
    process.kill(process.pid, 'SIGKILL');
  },
};
await endings[process.env.ENDS]();
