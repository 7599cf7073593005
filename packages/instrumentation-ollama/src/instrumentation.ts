import { SdkInstrumentation } from '@outspan/sdk-boundary';
import type { Clients, Sdk, SdkInstrumentationConfig } from '@outspan/sdk-boundary';
import manifest from '../package.json' with { type: 'json' };
import { CLIENTS, OLLAMA } from './ollama.ts';

/** Options of {@link OllamaInstrumentation}. */
export interface OllamaInstrumentationConfig extends SdkInstrumentationConfig {}

/**
 * Tells where a call of the Ollama SDK begins and ends: one operation span per call, also where the server could not be reached,
 * and what only the SDK knows: whose abort it was.
 *
 * What is said on the wire is read by `@outspan/instrumentation-undici`, which belongs beside it. Applications see the same
 * promises, streams, values and errors as without it.
 */
export class OllamaInstrumentation extends SdkInstrumentation<OllamaInstrumentationConfig> {
  constructor(config: OllamaInstrumentationConfig = {}) {
    super(manifest, config);
  }

  protected override sdks(): readonly Sdk[] {
    return [OLLAMA];
  }

  protected override clients(): Clients {
    return CLIENTS;
  }
}
