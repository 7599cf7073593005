import { NodeSDK } from '@opentelemetry/sdk-node';
import { outspanInstrumentations } from '@outspan/node';

new NodeSDK({ instrumentations: outspanInstrumentations() }).start();
