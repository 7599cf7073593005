import { setTimeout as wait } from 'node:timers/promises';
import type { CallSettings } from '../drivers/driver.ts';

/** Milliseconds for which a stream that has begun is held without being read. */
const HELD_UNREAD_MS = 250;

/**
 * Reads a stream as the pattern says.
 *
 * @param close what an application does to a stream that it does not want any more
 * @param onEvent takes each event; by default it is noted
 * @returns whether it was read to its end
 */
export async function readStream(
  stream: AsyncIterable<unknown>,
  { pattern, caller, underWay, observe }: Pick<CallSettings, 'pattern' | 'caller' | 'underWay' | 'observe'>,
  close: () => unknown,
  onEvent: (event: unknown) => void = (event) => observe.event(event),
): Promise<boolean> {
  if (pattern === 'never_read') {
    await underWay();
    await wait(HELD_UNREAD_MS);
    await close();
    return false;
  }
  let events = 0;
  for await (const event of stream) {
    // How many events arrive around an abort is chance: only the first is noted.
    if (pattern !== 'abort_mid_stream' || events === 0) onEvent(event);
    events++;
    if (pattern === 'break_after_first') return false;
    if (pattern === 'abort_mid_stream' && events === 1) caller.abort();
  }
  return pattern === 'read';
}
