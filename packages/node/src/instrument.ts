/**
 * `node --import @outspan/node/instrument app.js`: registers the instrumentations and nothing else, for an application
 * with an OpenTelemetry SDK of its own (or with `@opentelemetry/auto-instrumentations-node/register`, in either order).
 */
import { begins, guarded, instrument } from './begin.ts';

if (begins('instrument')) guarded(instrument);
