// An application with an SDK of its own, whose exporter is synchronous, that exits in the middle of a call.
import { trace } from '@opentelemetry/api';
import { ConsoleSpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import OpenAI from 'openai';

trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() })] }));
const openai = new OpenAI({ apiKey: 'sk-none', baseURL: process.env.PROVIDER, maxRetries: 0 });
openai.chat.completions.create({ model: 'gpt-5', messages: [] }).catch(() => undefined);
await fetch(new URL('/asked', process.env.PROVIDER));
process.exit(3);
