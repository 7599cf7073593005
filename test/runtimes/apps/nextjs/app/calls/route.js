import OpenAI from 'openai';
import { baseUrl, makeCalls } from '../../calls.cjs';

export const dynamic = 'force-dynamic';

export async function GET() {
  const lines = [];
  await makeCalls(OpenAI, baseUrl(), (line) => lines.push(line));
  return new Response(lines.join('\n'));
}
