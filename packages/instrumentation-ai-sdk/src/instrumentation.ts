import { guard } from '@outspan/core';
import { SdkInstrumentation } from '@outspan/sdk-boundary';
import type { Sdk, SdkInstrumentationConfig } from '@outspan/sdk-boundary';
import manifest from '../package.json' with { type: 'json' };
import { observeChannel } from './channel.ts';
import { Runs } from './runs.ts';

/** Options of {@link AiSdkInstrumentation}. */
export interface AiSdkInstrumentationConfig extends SdkInstrumentationConfig {}

/**
 * Tells where a call of the AI SDK 7 begins and ends, with all tries of its retry loop, and which agents and tools are at
 * work: by the diagnostics channel that the SDK publishes on, so that no module is hooked.
 *
 * What is said on the wire is read by `@outspan/instrumentation-undici`, which belongs beside it.
 */
export class AiSdkInstrumentation extends SdkInstrumentation<AiSdkInstrumentationConfig> {
  constructor(config: AiSdkInstrumentationConfig = {}) {
    super(manifest, config);
  }

  protected override sdks(): readonly Sdk[] {
    return [];
  }

  protected override start(): () => void {
    const stop = super.start();
    const runs = new Runs(this.tracker, () => this.attachToProvider());
    const leaveChannel = guard('listening to the AI SDK', () => observeChannel(runs));
    return () => {
      leaveChannel?.();
      stop();
    };
  }
}
