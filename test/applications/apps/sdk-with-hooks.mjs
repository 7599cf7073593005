// The application's own SDK, and OpenTelemetry's hooks of ES modules, which instrumentations that are registered by hand need.
import { register } from 'node:module';
import './sdk.mjs';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
