// The application's own SDK, with the instrumentations that INSTRUMENTATIONS names, in that order.
const { NodeSDK } = require('@opentelemetry/sdk-node');

const MAKE = {
  auto: () => require('@opentelemetry/auto-instrumentations-node').getNodeAutoInstrumentations(),
  undici: () => new (require('@opentelemetry/instrumentation-undici').UndiciInstrumentation)(),
  http: () => new (require('@opentelemetry/instrumentation-http').HttpInstrumentation)(),
  outspan: () => require('@outspan/node').outspanInstrumentations(),
};

const instrumentations = (process.env.INSTRUMENTATIONS ?? '').split(',').filter(Boolean).map((name) => MAKE[name]());
const sdk = new NodeSDK({ instrumentations });
sdk.start();
process.once('beforeExit', () => sdk.shutdown());
