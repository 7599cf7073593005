import type { InstrumentationConfig } from '../instrumentation/instrumentation.ts';
import { listen } from '../platform/channels.ts';
import type { ChannelHandlers } from '../platform/channels.ts';
import { TransportInstrumentation } from './transport-instrumentation.ts';

/** An instrumentation of a transport that publishes its requests on Node's diagnostics channels. */
export abstract class WireInstrumentation<Config extends InstrumentationConfig = InstrumentationConfig> extends TransportInstrumentation<Config> {
  /** The channels to listen to, and what each message means. */
  protected abstract channels(): ChannelHandlers;

  protected override watch(): () => void {
    return listen(this.channels());
  }
}
