import { SdkInstrumentation } from '@outspan/sdk-boundary';
import type { Clients, Sdk, SdkInstrumentationConfig } from '@outspan/sdk-boundary';
import manifest from '../package.json' with { type: 'json' };
import { CLIENTS, MISTRAL } from './mistral.ts';

/** Options of {@link MistralInstrumentation}. */
export interface MistralInstrumentationConfig extends SdkInstrumentationConfig {}

/**
 * Tells where a call of Mistral's SDK begins and ends: one operation span per call, with all its retries, and what only the SDK
 * knows: whose abort it was. Where the SDK traces itself into the application's tracer provider, it leaves its spans to
 * `@outspan/instrumentation-undici`, which adopts them.
 *
 * What is said on the wire is read there too, so that it belongs beside this. Applications see the same promises, streams,
 * values and errors as without it.
 */
export class MistralInstrumentation extends SdkInstrumentation<MistralInstrumentationConfig> {
  constructor(config: MistralInstrumentationConfig = {}) {
    super(manifest, config);
  }

  protected override sdks(): readonly Sdk[] {
    return [MISTRAL];
  }

  protected override clients(): Clients {
    return CLIENTS;
  }
}
