// Outspan in code, beside an SDK that is started elsewhere.
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { outspanInstrumentations } = require('@outspan/node');

registerInstrumentations({ instrumentations: outspanInstrumentations() });
