import { trace } from '@opentelemetry/api';
import OpenAI from 'openai';
import { ASK, BASE_URL, inSpans, makeCalls } from './make-calls.cjs';

const openai = new OpenAI({ apiKey: 'any', baseURL: BASE_URL });
await makeCalls(() => openai.chat.completions.create(ASK), inSpans(trace));
