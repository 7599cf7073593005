// A service that asks two providers all the time. Nothing in here knows of telemetry, and nothing of what it prints comes from it.
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

// OPENAI_BASE_URL and ANTHROPIC_BASE_URL are read from the environment. The provider on loopback takes any key.
const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY ?? 'sk-any' });
const anthropic = new Anthropic({ apiKey: process.env.ANTHROPIC_API_KEY ?? 'sk-ant-any' });
const messages = [{ role: 'user', content: 'Why is the sky blue? One sentence.' }];

const calls = {
  async openai() {
    let text = '';
    const stream = await openai.chat.completions.create({ model: 'gpt-5-mini', messages, stream: true, stream_options: { include_usage: true } });
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    return text;
  },
  async anthropic() {
    let text = '';
    const stream = await anthropic.messages.create({ model: 'claude-sonnet-5', max_tokens: 100, messages, stream: true });
    for await (const event of stream) if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
    return text;
  },
};

const WORKERS = 2;
const PAUSE_MS = 250;
const SAYS_EVERY_MS = 2_000;

const end = new AbortController();
process.once('SIGINT', () => end.abort());
process.once('SIGTERM', () => end.abort());

/** What the service knows of its calls: which threw an error, and which did not. */
const counts = Object.fromEntries(Object.keys(calls).map((provider) => [provider, { answers: 0, errors: 0 }]));
const saying = setInterval(() => {
  console.log(Object.entries(counts).map(([provider, { answers, errors }]) => `${provider}: ${answers} answers, ${errors} errors`).join('   '));
  for (const count of Object.values(counts)) Object.assign(count, { answers: 0, errors: 0 });
}, SAYS_EVERY_MS);

async function work(provider) {
  while (!end.signal.aborted) {
    try {
      await calls[provider]();
      counts[provider].answers++;
    } catch {
      counts[provider].errors++;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

await Promise.all(Object.keys(calls).flatMap((provider) => Array.from({ length: WORKERS }, () => work(provider))));
clearInterval(saying);
