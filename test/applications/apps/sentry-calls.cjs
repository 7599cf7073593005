// Each call is within a span of Sentry's.
const Sentry = require('@sentry/node');
const { OpenAI } = require('openai');
const { ASK, BASE_URL, makeCalls } = require('./make-calls.cjs');

const openai = new OpenAI({ apiKey: 'any', baseURL: BASE_URL });
void makeCalls(() => openai.chat.completions.create(ASK), (name, work) => Sentry.startSpan({ name }, work));
