// A function as AWS Lambda calls it. Between two invocations its process is frozen, and some day it is killed.
import OpenAI from 'openai';
import { flush } from '@outspan/node';

const openai = new OpenAI();

export async function handler({ question }) {
  try {
    const answer = await openai.chat.completions.create({ model: 'gpt-5', messages: [{ role: 'user', content: question }] });
    return { statusCode: 200, body: answer.choices[0].message.content };
  } catch (error) {
    return { statusCode: 502, body: error.message };
  } finally {
    await flush();
  }
}
