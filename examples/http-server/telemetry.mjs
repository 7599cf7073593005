// The SDK of `@outspan/node/register`, and the spans of inbound requests: each LLM call is then a part of the request that it was made for.
import { createRequire } from 'node:module';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { start } from '@outspan/node';

start({
  resource: { 'deployment.environment.name': 'staging' },
  instrumentations: [new HttpInstrumentation({ disableOutgoingRequestInstrumentation: true })],
  // A second destination is a span processor: spanProcessors: [new LangfuseSpanProcessor()]
});

// It patches what is required. The classes are those that ES modules import, too.
createRequire(import.meta.url)('node:http');
