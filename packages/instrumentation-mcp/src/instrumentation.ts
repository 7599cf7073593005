import { SdkInstrumentation } from '@outspan/sdk-boundary';
import type { Sdk, SdkInstrumentationConfig } from '@outspan/sdk-boundary';
import manifest from '../package.json' with { type: 'json' };
import { SDKS } from './protocol.ts';

/** Options of {@link McpInstrumentation}. */
export interface McpInstrumentationConfig extends SdkInstrumentationConfig {}

/**
 * Traces the requests of the Model Context Protocol by OpenTelemetry's conventions for it, on the side that makes them and on
 * the side that answers them, and carries the trace from one to the other.
 */
export class McpInstrumentation extends SdkInstrumentation<McpInstrumentationConfig> {
  constructor(config: McpInstrumentationConfig = {}) {
    super(manifest, config);
  }

  protected override sdks(): readonly Sdk[] {
    return SDKS;
  }
}
