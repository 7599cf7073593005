import { BODY_FAULTS } from './body.ts';
import { CODING_FAULTS } from './coding.ts';
import { CONNECTION_FAULTS } from './connection.ts';
import type { Fault } from './fault.ts';
import { FINISH_FAULTS } from './finish.ts';
import { HEALTHY_ANSWERS } from './healthy.ts';
import { STATUS_FAULTS } from './status.ts';
import { STREAM_FAULTS } from './stream.ts';

/** Everything that can be played, healthy answers first. */
export const FAULTS: readonly Fault[] = [
  ...HEALTHY_ANSWERS,
  ...STATUS_FAULTS,
  ...CONNECTION_FAULTS,
  ...BODY_FAULTS,
  ...STREAM_FAULTS,
  ...FINISH_FAULTS,
  ...CODING_FAULTS,
];

const BY_NAME: ReadonlyMap<string, Fault> = new Map(FAULTS.flatMap((fault) => [fault.id, ...fault.aliases].map((name) => [name, fault] as const)));

/** The entry of that id or alias. */
export function faultById(id: string): Fault | undefined {
  return BY_NAME.get(id);
}
