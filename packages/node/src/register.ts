/**
 * The one import: `node --import @outspan/node/register app.js` (or `--require`).
 * Starts the OpenTelemetry SDK from the standard `OTEL_*` variables with every Outspan instrumentation on.
 */
import { register } from './start.ts';

register();
