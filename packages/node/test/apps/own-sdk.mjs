// An application that starts its own SDK, after whatever was preloaded.
import { metrics, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { outspanInstrumentations } from '@outspan/node';

const first = outspanInstrumentations({ '@outspan/instrumentation-undici': { enabled: true } });
const second = outspanInstrumentations();
const sdk = new NodeSDK({ instrumentations: first });
sdk.start();
await new Promise((resolve) => setTimeout(resolve, 20));
console.log(
  JSON.stringify({
    names: first.map((instrumentation) => instrumentation.instrumentationName),
    same: first.every((instrumentation, index) => instrumentation === second[index]),
    live: globalThis[Symbol.for('outspan.node')].instrumentations.size,
    meters: metrics.getMeterProvider().constructor.name,
    recording: trace.getTracer('test-app').startSpan('probe').isRecording(),
  }),
);
await sdk.shutdown();
