// Starts its own SDK when everything is loaded; AFTER says whether at once or after a timer.
import { setTimeout as wait } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import OpenAI from 'openai';
import { ASK, BASE_URL, inSpans, makeCalls } from './make-calls.cjs';

const openai = new OpenAI({ apiKey: 'any', baseURL: BASE_URL });
if (process.env.AFTER === 'timer') await wait(50);
await import('./sdk.mjs');
await makeCalls(() => openai.chat.completions.create(ASK), inSpans(trace));
