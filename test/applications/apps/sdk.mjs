// The application's own SDK, with the instrumentations that INSTRUMENTATIONS names, in that order.
import { NodeSDK } from '@opentelemetry/sdk-node';

const MAKE = {
  auto: async () => (await import('@opentelemetry/auto-instrumentations-node')).getNodeAutoInstrumentations(),
  undici: async () => new (await import('@opentelemetry/instrumentation-undici')).UndiciInstrumentation(),
  http: async () => new (await import('@opentelemetry/instrumentation-http')).HttpInstrumentation(),
  outspan: async () => (await import('@outspan/node')).outspanInstrumentations(),
};

const instrumentations = [];
for (const name of (process.env.INSTRUMENTATIONS ?? '').split(',').filter(Boolean)) instrumentations.push(await MAKE[name]());
const sdk = new NodeSDK({ instrumentations });
sdk.start();
process.once('beforeExit', () => sdk.shutdown());
