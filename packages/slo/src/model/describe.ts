import { durationInWords } from './duration.ts';
import type { Sli } from './model.ts';
import { percentage } from './share.ts';

/** What an SLI counts, in words that complete sentences. */
export interface SliInWords {
  /** What the objective promises, as a default description of an SLO. */
  readonly promise: string;
  /** Which events are counted at all. */
  readonly valid: string;
  /** Which of them are bad. */
  readonly bad: string;
  /** What is left out, and why; undefined: nothing besides cancelled operations. */
  readonly leftOut: string | undefined;
  /** One event. */
  readonly unit: string;
}

/** Says what an SLI counts. */
export function describeSli(sli: Sli): SliInWords {
  switch (sli.kind) {
    case 'availability': {
      const faults = listInWords(sli.faults);
      return {
        promise: `LLM operations that do not fail by the fault of ${faults}`,
        valid: `operations that succeeded, and those that failed by the fault of ${faults}`,
        bad: `those that failed; a failure that a retry repaired is none, a stream that was cut is one`,
        leftOut: 'failures of any other origin: they spend another budget',
        unit: 'operation',
      };
    }
    case 'integrity':
      return {
        promise: 'LLM answers that came whole, well-formed and with valid tool calls, of all that came',
        valid: 'operations that got an answer, whole or not',
        bad: 'answers that were truncated, malformed, or had tool calls whose arguments do not parse; an answer that ends at its token limit is whole',
        leftOut: 'operations that got no answer at all',
        unit: 'answer',
      };
    case 'latency':
      return {
        promise: `Successful LLM operations that took at most ${durationInWords(sli.threshold)}`,
        valid: 'operations that succeeded',
        bad: `those that took longer than ${durationInWords(sli.threshold)}, from the call to its last byte, retries included`,
        leftOut: 'operations that failed: how long a failure took says nothing',
        unit: 'operation',
      };
    case 'time_to_first_chunk':
      return {
        promise: `LLM streams whose first chunk came within ${durationInWords(sli.threshold)}`,
        valid: 'streams that sent a first chunk',
        bad: `those whose first chunk came later than ${durationInWords(sli.threshold)} after the call`,
        leftOut: 'streams that failed before their first chunk, and calls that do not stream',
        unit: 'stream',
      };
    case 'retries':
      return {
        promise: 'LLM operations that needed no second attempt',
        valid: 'operations, failed ones included',
        bad: 'those that needed a second attempt, whether or not it helped',
        leftOut: undefined,
        unit: 'operation',
      };
    case 'headroom':
      break;
  }
  return {
    promise: `Time with at least ${percentage(sli.threshold)} of every rate limit left`,
    valid: 'moments (one for each evaluation) in which a provider said what remains of a rate limit',
    bad: `those with less than ${percentage(sli.threshold)} of the limit left`,
    leftOut: 'time in which nothing was said',
    unit: 'moment',
  };
}

/** `a, b or c` */
export function listInWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}
