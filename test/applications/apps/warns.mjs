// Somebody in the application warns through OpenTelemetry's diag, which is silent as long as nobody sets a logger.
import { diag } from '@opentelemetry/api';

diag.warn("somebody else's warning");
await import('./calls.mjs');
