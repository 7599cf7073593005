import { noReply } from '../wire/reply.ts';
import { okHead } from './answers.ts';
import { defineFault } from './define.ts';
import { DIALECTS, type Fault, MODES } from './fault.ts';
import { STALLED } from './judgements.ts';

const EVERYWHERE = { dialects: DIALECTS, modes: MODES } as const;

/** What happens to a connection before any byte of a body. */
export const CONNECTION_FAULTS: readonly Fault[] = [
  defineFault({
    id: 'refused',
    title: 'Nobody listens: the connection is refused.',
    applies: EVERYWHERE,
    judgement: { failed: true, class: 'connection_refused', origin: 'network', retryable: true },
    play: 'refuse',
  }),
  defineFault({
    id: 'reset_before_head',
    title: 'The connection is reset after the request, before any byte of an answer.',
    applies: EVERYWHERE,
    judgement: { failed: true, class: 'connection_reset', origin: 'network', retryable: true },
    play: () => noReply('reset'),
  }),
  defineFault({
    id: 'fin_before_head',
    title: 'The connection is closed after the request, before any byte of an answer.',
    applies: EVERYWHERE,
    judgement: { failed: true, class: 'connection_closed', origin: 'network', retryable: true },
    play: () => noReply('fin'),
  }),
  defineFault({
    id: 'hang_before_head',
    title: 'Silence: the request is taken and never answered.',
    applies: EVERYWHERE,
    judgement: { failed: true, class: 'timeout', origin: 'client', retryable: true, phase: 'headers' },
    play: () => noReply('hang'),
  }),
  defineFault({
    id: 'hang_after_head',
    title: 'A head of 200, then silence: no byte of the body ever comes.',
    applies: EVERYWHERE,
    judgement: STALLED,
    play: (call, dialect) => ({ head: okHead(call, dialect), framing: 'chunked', owed: 0, body: [], pauseMs: 0, ending: 'hang' }),
  }),
];
