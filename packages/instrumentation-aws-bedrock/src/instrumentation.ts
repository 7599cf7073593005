import { SdkInstrumentation } from '@outspan/sdk-boundary';
import type { Clients, Sdk, SdkInstrumentationConfig } from '@outspan/sdk-boundary';
import manifest from '../package.json' with { type: 'json' };
import { CLIENTS, BEDROCK_RUNTIME } from './bedrock-runtime.ts';

/** Options of {@link AwsBedrockInstrumentation}. */
export interface AwsBedrockInstrumentationConfig extends SdkInstrumentationConfig {}

/**
 * Tells where a call of the AWS SDK's client for Amazon Bedrock begins and ends: one operation span per command, with all its
 * retries, and what only the SDK knows (whose abort it was, and what came of a command that no transport instrumentation saw).
 *
 * What is said on the wire is read by `@outspan/instrumentation-http`, which belongs beside it. Applications see the same
 * promises, streams, values and errors as without it. Clients of other AWS services are not touched.
 */
export class AwsBedrockInstrumentation extends SdkInstrumentation<AwsBedrockInstrumentationConfig> {
  constructor(config: AwsBedrockInstrumentationConfig = {}) {
    super(manifest, config);
  }

  protected override sdks(): readonly Sdk[] {
    return [BEDROCK_RUNTIME];
  }

  protected override clients(): Clients {
    return CLIENTS;
  }
}
