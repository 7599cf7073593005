import { strictEqual } from 'node:assert';
import * as fc from 'fast-check';
import { inflate, isCoding } from '../platform/inflate.ts';
import type { Ending } from '../verdict/evidence.ts';
import { judgeAttempt } from '../verdict/judge-attempt.ts';
import { longStreams, place, wholeAnswers } from './corpus.ts';
import type { Property } from './property.ts';
import { CODINGS, cutAt, cuts, judge, packed, readPieces } from './reading.ts';

const ENDINGS: readonly Ending[] = [{ by: 'completion' }, { by: 'network', code: 'ECONNRESET', phase: 'body' }, { by: 'network', code: 'UND_ERR_SOCKET', phase: 'body' }];

/** What is cut short is called so; what is not, is not. */
export const PREFIXES: readonly Property[] = [
  {
    tried: 'Every kind of beginning of a whole answer, under a clean end and under a lost connection',
    result: 'A failure up to the last byte of the event or document that ends the answer, a success from it on.',
    runs: 2_000,
    property: fc.property(wholeAnswers, place, fc.boolean(), fc.constantFrom(...ENDINGS), (answer, at, near, ending) => {
      // Half of the cuts lie around the one place where the verdict changes.
      const length = near ? Math.max(0, Math.min(answer.bytes.length - 1, answer.endsAt - 6 + Math.floor(at * 12))) : Math.floor(at * answer.bytes.length);
      // A document is handed out only when its framing is kept.
      const whole = length >= answer.endsAt && (answer.request.stream || ending.by === 'completion');
      strictEqual(judge(answer, answer.bytes.subarray(0, length), ending).outcome, whole ? 'success' : 'failure');
    }),
  },
  {
    tried: 'Beginnings of streams of 80 to 600 events, of which only the two ends are kept, in pieces and as one',
    result: 'A failure up to the last byte of the event that ends the answer, a success from it on.',
    runs: 80,
    property: fc.property(longStreams, place, fc.boolean(), cuts, fc.constantFrom(...ENDINGS), (answer, at, near, places, ending) => {
      const length = near ? Math.min(answer.bytes.length - 1, answer.endsAt - 6 + Math.floor(at * 12)) : Math.floor(at * answer.bytes.length);
      const bytes = answer.bytes.subarray(0, length);
      const body = readPieces(answer, cutAt(bytes, places), { cleanly: ending.by === 'completion' });
      strictEqual(judgeAttempt({ request: answer.request, head: answer.head, body, ending }).outcome, length >= answer.endsAt ? 'success' : 'failure');
    }),
  },
  {
    tried: 'Every kind of beginning of a compressed answer, under a clean end',
    result: 'A failure, unless what can be unpacked of a stream holds the event that ends it.',
    runs: 800,
    property: fc.property(wholeAnswers, fc.constantFrom(...CODINGS.filter(([name]) => name !== undefined && isCoding(name))), place, (plain, coding, at) => {
      const answer = packed(plain, coding);
      const bytes = answer.bytes.subarray(0, Math.floor(at * answer.bytes.length));
      const [name] = coding;
      const unpacked = name !== undefined && isCoding(name) ? inflate(name, bytes, 1_000_000) : undefined;
      const whole = plain.request.stream && (unpacked?.bytes.length ?? 0) >= plain.endsAt;
      strictEqual(judge(answer, bytes, { by: 'completion' }).outcome, whole ? 'success' : 'failure');
    }),
  },
];
