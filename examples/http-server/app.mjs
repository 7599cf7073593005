import { createServer } from 'node:http';
import OpenAI from 'openai';

const openai = new OpenAI();

const server = createServer(async (request, response) => {
  const answer = await openai.chat.completions.create({ model: 'gpt-5', messages: [{ role: 'user', content: 'Say hello in one word.' }] });
  response.end(answer.choices[0].message.content);
});
server.listen(0, '127.0.0.1', async () => {
  const response = await fetch(`http://127.0.0.1:${server.address().port}/greeting`);
  console.log(await response.text());
  server.close();
});
