import { SdkInstrumentation } from '@outspan/sdk-boundary';
import type { Clients, Sdk, SdkInstrumentationConfig } from '@outspan/sdk-boundary';
import manifest from '../package.json' with { type: 'json' };
import { CLIENTS, GOOGLE_GENAI } from './google-genai.ts';

/** Options of {@link GoogleGenAIInstrumentation}. */
export interface GoogleGenAIInstrumentationConfig extends SdkInstrumentationConfig {}

/**
 * Tells where a call of the Google Gen AI SDK begins and ends: one operation span for each request of a model, with all its
 * retries, and what only the SDK knows: whose abort it was.
 *
 * What is said on the wire is read by `@outspan/instrumentation-undici`, which belongs beside it. Applications see the same
 * promises, streams, values and errors as without it.
 */
export class GoogleGenAIInstrumentation extends SdkInstrumentation<GoogleGenAIInstrumentationConfig> {
  constructor(config: GoogleGenAIInstrumentationConfig = {}) {
    super(manifest, config);
  }

  protected override sdks(): readonly Sdk[] {
    return [GOOGLE_GENAI];
  }

  protected override clients(): Clients {
    return CLIENTS;
  }
}
