import OpenAI from 'openai';
import { ASK, BASE_URL, makeCalls } from '../../../make-calls.cjs';

export const dynamic = 'force-dynamic';

export async function GET() {
  const openai = new OpenAI({ apiKey: 'any', baseURL: BASE_URL });
  const lines = [];
  await makeCalls(() => openai.chat.completions.create(ASK), undefined, (line) => lines.push(line));
  return new Response(lines.join('\n'));
}
