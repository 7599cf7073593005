import { SdkInstrumentation } from '@outspan/sdk-boundary';
import type { Clients, Sdk, SdkInstrumentationConfig } from '@outspan/sdk-boundary';
import manifest from '../package.json' with { type: 'json' };
import { CLIENTS, COHERE } from './cohere.ts';

/** Options of {@link CohereInstrumentation}. */
export interface CohereInstrumentationConfig extends SdkInstrumentationConfig {}

/**
 * Tells where a call of the Cohere SDK begins and ends: one operation span per call, with all its retries, and what only
 * the SDK knows: whose abort it was.
 *
 * What is said on the wire is read by `@outspan/instrumentation-undici`, which belongs beside it. Applications see the same
 * promises, streams, values and errors as without it.
 */
export class CohereInstrumentation extends SdkInstrumentation<CohereInstrumentationConfig> {
  constructor(config: CohereInstrumentationConfig = {}) {
    super(manifest, config);
  }

  protected override sdks(): readonly Sdk[] {
    return [COHERE];
  }

  protected override clients(): Clients {
    return CLIENTS;
  }
}
