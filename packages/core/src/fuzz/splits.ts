import { deepStrictEqual } from 'node:assert';
import * as fc from 'fast-check';
import { damagedAnswers, longStreams, wholeAnswers } from './corpus.ts';
import type { Property } from './property.ts';
import { CODINGS, cutAt, cuts, packed, readPieces } from './reading.ts';

/** Small ones, so that what is past them is met. */
const caps = fc.constantFrom(undefined, { responseBytes: 40 }, { responseBytes: 300 });

/** Bytes are bytes, however the network cuts them. */
export const SPLITS: readonly Property[] = [
  {
    tried: 'Whole answers of every dialect, plain and in every coding, cut anywhere or sent byte by byte',
    result: 'The same facts as in one piece, every time.',
    runs: 600,
    property: fc.property(wholeAnswers, fc.constantFrom(...CODINGS), cuts, fc.boolean(), fc.constantFrom(0, 200), (plain, coding, places, cleanly, contentBytes) => {
      const answer = packed(plain, coding);
      const options = { cleanly, contentBytes };
      deepStrictEqual(readPieces(answer, cutAt(answer.bytes, places), options), readPieces(answer, [answer.bytes], options));
    }),
  },
  {
    tried: 'Streams of 80 to 600 events, of which only the two ends are kept, cut anywhere or sent byte by byte',
    result: 'The same facts as in one piece, every time.',
    runs: 40,
    property: fc.property(longStreams, cuts, fc.boolean(), (answer, places, cleanly) => {
      deepStrictEqual(readPieces(answer, cutAt(answer.bytes, places), { cleanly }), readPieces(answer, [answer.bytes], { cleanly }));
    }),
  },
  {
    tried: 'Damaged answers (bytes changed, lost, doubled, put in), past every cap of memory too, cut anywhere',
    result: 'The same facts as in one piece, every time.',
    runs: 1_000,
    property: fc.property(damagedAnswers, cuts, fc.boolean(), caps, (answer, places, cleanly, small) => {
      // Of a stream of text without tools only the two ends are kept, in runs: past their cap it depends on the runs what is kept.
      const options = { cleanly, ...(small !== undefined && answer.dialect.needsEveryEvent(answer.request) && { caps: small }) };
      deepStrictEqual(readPieces(answer, cutAt(answer.bytes, places), options), readPieces(answer, [answer.bytes], options));
    }),
  },
];
