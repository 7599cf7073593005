// Langfuse as its documentation has it: its span processor in an SDK of the application's own.
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { NodeSDK } from '@opentelemetry/sdk-node';

const sdk = new NodeSDK({ spanProcessors: [new LangfuseSpanProcessor({ publicKey: 'any', secretKey: 'any', baseUrl: process.env.BACKEND })] });
sdk.start();
process.once('beforeExit', () => sdk.shutdown());
