// Two of Outspan's instrumentations, registered as any other.
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { OpenAIInstrumentation } from '@outspan/instrumentation-openai';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import './sdk-with-hooks.mjs';

registerInstrumentations({ instrumentations: [new UndiciInstrumentation(), new OpenAIInstrumentation()] });
