// Traceloop's SDK as its documentation has it, but for where it sends to.
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
const traceloop = require('@traceloop/node-server-sdk');

traceloop.initialize({ appName: 'application', disableBatch: true, silenceInitializationMessage: true, exporter: new OTLPTraceExporter(), traceloopSyncEnabled: false });
