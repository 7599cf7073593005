// An application that knows nothing of OpenTelemetry.
import OpenAI from 'openai';
import { ASK, BASE_URL, makeCalls } from './make-calls.cjs';

const openai = new OpenAI({ apiKey: 'any', baseURL: BASE_URL });
await makeCalls(() => openai.chat.completions.create(ASK));
