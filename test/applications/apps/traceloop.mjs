// Traceloop's SDK as its documentation has it, but for where it sends to.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import * as traceloop from '@traceloop/node-server-sdk';

traceloop.initialize({ appName: 'application', disableBatch: true, silenceInitializationMessage: true, exporter: new OTLPTraceExporter(), traceloopSyncEnabled: false });
