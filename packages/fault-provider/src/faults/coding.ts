import type { Coding } from '../wire/reply.ts';
import { halfDocumentReply, plainReply, streamReply, textAnswer, toMidText } from './answers.ts';
import { defineFault } from './define.ts';
import { type Fault, MODES, NOT_BEDROCK } from './fault.ts';
import { cut, HEALTHY } from './judgements.ts';

const EVERYWHERE = { dialects: NOT_BEDROCK, modes: MODES } as const;

const CODINGS: readonly Coding[] = ['gzip', 'br', 'deflate', 'zstd'];

/** Compressed answers, whole and cut, whether or not the client said that it takes them. */
export const CODING_FAULTS: readonly Fault[] = CODINGS.flatMap((name) => [
  defineFault({
    id: `ok_${name}`,
    title: `A healthy answer, compressed with ${name}.`,
    applies: EVERYWHERE,
    judgement: HEALTHY,
    play: (call, dialect) => ({ ...plainReply(textAnswer(call), call, dialect), coding: { name, end: 'whole' } }),
  }),
  defineFault({
    id: `${name}_cut`,
    title: `A whole HTTP body in which the ${name} form of the answer ends early.`,
    applies: EVERYWHERE,
    judgement: cut('compression_incomplete'),
    // fetch takes a deflate or brotli stream for complete wherever it ends; half a document then fails to parse.
    sdk: ({ mode }) => (mode === 'stream' && name !== 'zstd' ? 'silent' : undefined),
    play(call, dialect) {
      const coding = { name, end: 'unfinished' } as const;
      if (call.mode === 'stream') return { ...streamReply(textAnswer(call), call, dialect, { events: toMidText }), coding };
      return { ...halfDocumentReply(textAnswer(call), call, dialect), owed: 0, coding };
    },
  }),
]);
