// A client that Langfuse observes.
import { observeOpenAI } from '@langfuse/openai';
import OpenAI from 'openai';
import { ASK, BASE_URL, makeCalls } from './make-calls.cjs';

const openai = observeOpenAI(new OpenAI({ apiKey: 'any', baseURL: BASE_URL }));
await makeCalls(() => openai.chat.completions.create(ASK));
