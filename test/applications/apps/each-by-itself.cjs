// Two of Outspan's instrumentations, registered as any other.
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { OpenAIInstrumentation } = require('@outspan/instrumentation-openai');
const { UndiciInstrumentation } = require('@outspan/instrumentation-undici');
require('./sdk.cjs');

registerInstrumentations({ instrumentations: [new UndiciInstrumentation(), new OpenAIInstrumentation()] });
