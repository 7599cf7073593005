// An application that sets up OpenTelemetry by itself: Outspan is a list of instrumentations like any other.
import { NodeSDK } from '@opentelemetry/sdk-node';
import { outspanInstrumentations } from '@outspan/node';

const sdk = new NodeSDK({ instrumentations: [...outspanInstrumentations()] });
sdk.start();
process.once('beforeExit', () => sdk.shutdown());
