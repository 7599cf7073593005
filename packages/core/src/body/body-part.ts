import type { BodyFacts } from '../verdict/evidence.ts';

/** What reading found, without the counts. */
export type BodyFindings = Omit<BodyFacts, 'bytes' | 'expected'>;

/** One way to read a body. */
export interface BodyPart {
  /** Takes the next bytes. */
  push(chunk: Uint8Array): void;
  /** Takes the end. Not to be pushed to afterwards. */
  finish(cleanly: boolean): BodyFindings;
}
