import { setTimeout as wait } from 'node:timers/promises';
import type { ReceivedRequest, Session } from '@outspan/fault-provider';
import type { Pattern } from '../drivers/driver.ts';

/** Whether the provider has come as far as a pattern waits for. */
const BEGUN: Readonly<Record<Pattern, (request: ReceivedRequest | undefined) => boolean>> = {
  read: () => true,
  abort_before_head: (request) => request !== undefined,
  abort_in_body: (request) => (request?.answered.bytes ?? 0) > 0,
  abort_mid_stream: () => true,
  break_after_first: () => true,
  never_read: (request) => (request?.answered.bytes ?? 0) > 0,
};
const POLL_MS = 20;
const POLLS = 500;

/** Waits until a session's first request that is to be answered has come as far as its pattern wants, for 10 s at most. */
export async function untilBegun(pattern: Pattern, session: Session | undefined): Promise<void> {
  for (let polls = 0; polls < POLLS && !BEGUN[pattern](session?.requests.find(({ opens }) => opens !== true)); polls++) await wait(POLL_MS);
}
