// An application as it is: nothing in here knows of telemetry.
import OpenAI from 'openai';

// OPENAI_API_KEY, and OPENAI_BASE_URL for another host, are read from the environment.
const openai = new OpenAI();

const stream = await openai.chat.completions.create({
  model: 'gpt-5-mini',
  messages: [{ role: 'user', content: 'Why is the sky blue? One sentence.' }],
  stream: true,
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');
process.stdout.write('\n');
