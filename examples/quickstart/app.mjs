import OpenAI from 'openai';

// OPENAI_API_KEY and OPENAI_BASE_URL come from the environment.
const openai = new OpenAI();
const answer = await openai.chat.completions.create({
  model: 'gpt-5',
  messages: [{ role: 'user', content: 'Say hello in one word.' }],
});
console.log(answer.choices[0].message.content);
