import { announce } from '../guard.ts';
import { environment } from '../platform/environment.ts';
import { requiredFrom } from '../platform/loaded-packages.ts';
import { registryVersion } from './registry.ts';

/** Says once that calls are made which nobody records, and why, as far as that can be seen. */
export function announceNobodyRecords(): void {
  const env = environment();
  // That is what was asked for.
  if (env['OTEL_TRACES_EXPORTER']?.trim().toLowerCase() === 'none' || env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return;
  announce('nobody-records', `An LLM call was made, but no tracer provider is registered, so that no span is recorded. Start an OpenTelemetry SDK, or use @outspan/node/register.${refusal()}`);
}

/** What can be seen of a registration that was refused: the API takes one version only. */
function refusal(): string {
  const version = registryVersion();
  const copies = requiredFrom('@opentelemetry/api');
  if (version === undefined || copies.length < 2) return '';
  return ` Several copies of @opentelemetry/api are loaded (${copies.join(', ')}). Version ${version} registered first: what an SDK registers by another version is refused.`;
}
