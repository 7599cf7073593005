// A service: each GET makes one call, and what WHEN_DONE names before it answers. It lives until it is killed.
import { createServer } from 'node:http';
import OpenAI from 'openai';
import { ASK, BASE_URL } from './make-calls.cjs';

const openai = new OpenAI({ apiKey: 'any', baseURL: BASE_URL });
const { WHEN_DONE } = process.env;
const done = WHEN_DONE === undefined ? async () => undefined : (await import('@outspan/node'))[WHEN_DONE];
if (process.env.ON_SIGTERM === 'nothing') process.on('SIGTERM', () => undefined);

async function answer(response) {
  try {
    const answer = await openai.chat.completions.create(ASK);
    await done();
    response.end(answer.choices[0].finish_reason);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

const server = createServer((_request, response) => void answer(response));
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
