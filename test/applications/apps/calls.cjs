const { trace } = require('@opentelemetry/api');
const { OpenAI } = require('openai');
const { ASK, BASE_URL, inSpans, makeCalls } = require('./make-calls.cjs');

const openai = new OpenAI({ apiKey: 'any', baseURL: BASE_URL });
void makeCalls(() => openai.chat.completions.create(ASK), inSpans(trace));
