import OpenAI from 'openai';
import { trace } from '@opentelemetry/api';

const openai = new OpenAI();
await trace.getTracer('app').startActiveSpan('answer a question', async (span) => {
  const answer = await openai.chat.completions.create({ model: 'gpt-5', messages: [{ role: 'user', content: 'Say hello in one word.' }] });
  console.log(answer.choices[0].message.content);
  span.end();
});
