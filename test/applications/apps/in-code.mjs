// Outspan in code, beside an SDK that is started elsewhere.
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { outspanInstrumentations } from '@outspan/node';

registerInstrumentations({ instrumentations: outspanInstrumentations() });
