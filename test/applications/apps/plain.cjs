// An application that knows nothing of OpenTelemetry.
const { OpenAI } = require('openai');
const { ASK, BASE_URL, makeCalls } = require('./make-calls.cjs');

const openai = new OpenAI({ apiKey: 'any', baseURL: BASE_URL });
void makeCalls(() => openai.chat.completions.create(ASK));
