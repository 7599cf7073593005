import { SdkInstrumentation } from '@outspan/sdk-boundary';
import type { Sdk, SdkInstrumentationConfig } from '@outspan/sdk-boundary';
import manifest from '../package.json' with { type: 'json' };
import { CALLS, STREAMS } from './calls.ts';
import { CHAINS, GRAPHS, TOOLS } from './steps.ts';

/** Options of {@link LangChainInstrumentation}. */
export interface LangChainInstrumentationConfig extends SdkInstrumentationConfig {}

/**
 * Tells where a model call of LangChain begins and ends: one operation span per call of a chat model, a completion model or an
 * embeddings model, with all tries of LangChain's own retry loop and of the SDK beneath. And what is around calls: tools,
 * agents, graphs and chains.
 *
 * What is said on the wire is read by `@outspan/instrumentation-undici`, which belongs beside it.
 */
export class LangChainInstrumentation extends SdkInstrumentation<LangChainInstrumentationConfig> {
  constructor(config: LangChainInstrumentationConfig = {}) {
    super(manifest, config);
  }

  protected override sdks(): readonly Sdk[] {
    return [CALLS, STREAMS, TOOLS, CHAINS, GRAPHS];
  }
}
