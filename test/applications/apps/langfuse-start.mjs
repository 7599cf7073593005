// Langfuse as a second destination, without an SDK of the application's own.
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { start } from '@outspan/node';

start({ spanProcessors: [new LangfuseSpanProcessor({ publicKey: 'any', secretKey: 'any', baseUrl: process.env.BACKEND })] });
