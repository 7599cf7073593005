import { SdkInstrumentation } from '@outspan/sdk-boundary';
import type { Sdk, SdkInstrumentationConfig } from '@outspan/sdk-boundary';
import manifest from '../package.json' with { type: 'json' };
import { AGENTS } from './agents.ts';

/** Options of {@link OpenAIAgentsInstrumentation}. */
export interface OpenAIAgentsInstrumentationConfig extends SdkInstrumentationConfig {}

/**
 * Traces runs, agents and tools of OpenAI's Agents SDK, as that tells its trace processors of them. Those of the application
 * stay as they are, and what they send where is theirs.
 *
 * The model calls are those of the `openai` package: `@outspan/instrumentation-openai` and `@outspan/instrumentation-undici`
 * belong beside it.
 */
export class OpenAIAgentsInstrumentation extends SdkInstrumentation<OpenAIAgentsInstrumentationConfig> {
  constructor(config: OpenAIAgentsInstrumentationConfig = {}) {
    super(manifest, config);
  }

  protected override sdks(): readonly Sdk[] {
    return [AGENTS];
  }
}
