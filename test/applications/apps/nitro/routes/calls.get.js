import OpenAI from 'openai';
import { ASK, BASE_URL, makeCalls } from '../../make-calls.cjs';

export default async () => {
  const openai = new OpenAI({ apiKey: 'any', baseURL: BASE_URL });
  const lines = [];
  await makeCalls(() => openai.chat.completions.create(ASK), undefined, (line) => lines.push(line));
  return lines.join('\n');
};
