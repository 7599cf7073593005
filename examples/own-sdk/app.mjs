import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';

const question = 'Say hello in one word.';

const openai = new OpenAI();
const response = await openai.responses.create({ model: 'gpt-5', input: question });
console.log(response.output_text);

const gemini = new GoogleGenAI({ apiKey: process.env.GEMINI_API_KEY, httpOptions: { baseUrl: process.env.GEMINI_BASE_URL } });
const answer = await gemini.models.generateContent({ model: 'gemini-3-pro', contents: question });
console.log(answer.text);
