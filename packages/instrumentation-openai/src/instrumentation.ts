import { SdkInstrumentation } from '@outspan/sdk-boundary';
import type { Clients, Sdk, SdkInstrumentationConfig } from '@outspan/sdk-boundary';
import manifest from '../package.json' with { type: 'json' };
import { CLIENTS, FAMILY, sdksOf } from './family.ts';
import type { FamilyMember } from './family.ts';

/** Options of {@link OpenAIInstrumentation}. */
export interface OpenAIInstrumentationConfig extends SdkInstrumentationConfig {
  /** The SDKs to instrument, by their npm packages. Default: all of the family. Read once, by the constructor. */
  readonly sdks?: readonly FamilyMember[];
}

/**
 * Tells where a call of the OpenAI SDK, or of one by the same generator (Anthropic, Groq, Together), begins and ends: one
 * operation span per call, with all its retries, and what only the SDK knows (whose abort it was, and what came of a call with
 * a `fetch` of the application's own). Where an SDK traces its calls itself, its span is left to be that operation.
 *
 * What is said on the wire is read by `@outspan/instrumentation-undici`, which belongs beside it. Applications see the same
 * promises, streams, values and errors as without it.
 */
export class OpenAIInstrumentation extends SdkInstrumentation<OpenAIInstrumentationConfig> {
  constructor(config: OpenAIInstrumentationConfig = {}) {
    super(manifest, config);
  }

  protected override sdks(): readonly Sdk[] {
    return sdksOf(this.getConfig().sdks ?? FAMILY);
  }

  protected override clients(): Clients {
    return CLIENTS;
  }
}
