import { SdkInstrumentation } from '@outspan/sdk-boundary';
import type { Sdk, SdkInstrumentationConfig } from '@outspan/sdk-boundary';
import manifest from '../package.json' with { type: 'json' };
import { OPENAI } from './openai.ts';

/** Options of {@link OpenAIInstrumentation}. */
export interface OpenAIInstrumentationConfig extends SdkInstrumentationConfig {}

/**
 * Tells where a call of the OpenAI SDK begins and ends: one operation span per call, with all its retries, and what only
 * the SDK knows (whose abort it was, and what came of a call with a `fetch` of the application's own).
 *
 * What is said on the wire is read by `@outspan/instrumentation-undici`, which belongs beside it. Applications see the same
 * promises, streams, values and errors as without it.
 */
export class OpenAIInstrumentation extends SdkInstrumentation<OpenAIInstrumentationConfig> {
  constructor(config: OpenAIInstrumentationConfig = {}) {
    super(manifest, config);
  }

  protected override sdks(): readonly Sdk[] {
    return [OPENAI];
  }
}
