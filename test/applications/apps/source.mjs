// A source to be bundled, into either format: without an await at the top.
import OpenAI from 'openai';
import { ASK, BASE_URL, makeCalls } from './make-calls.cjs';

const openai = new OpenAI({ apiKey: 'any', baseURL: BASE_URL });
void makeCalls(() => openai.chat.completions.create(ASK));
