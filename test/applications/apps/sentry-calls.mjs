// Each call is within a span of Sentry's.
import * as Sentry from '@sentry/node';
import OpenAI from 'openai';
import { ASK, BASE_URL, makeCalls } from './make-calls.cjs';

const openai = new OpenAI({ apiKey: 'any', baseURL: BASE_URL });
await makeCalls(() => openai.chat.completions.create(ASK), (name, work) => Sentry.startSpan({ name }, work));
