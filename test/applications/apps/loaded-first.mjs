// Loads its LLM SDK before it starts OpenTelemetry, so that nobody can hook the SDK any more. LOGGER: with a diag logger of
// its own, which writes to standard error as well.
import { diag, DiagLogLevel, trace } from '@opentelemetry/api';
import OpenAI from 'openai';
import { ASK, BASE_URL, inSpans, makeCalls } from './make-calls.cjs';

if (process.env.LOGGER === 'its own') {
  const write = (...words) => process.stderr.write(`its own logger: ${words.join(' ')}\n`);
  diag.setLogger({ error: write, warn: write, info: write, debug: write, verbose: write }, DiagLogLevel.WARN);
}
const openai = new OpenAI({ apiKey: 'any', baseURL: BASE_URL });
await import('./sdk.mjs');
await makeCalls(() => openai.chat.completions.create(ASK), inSpans(trace));
