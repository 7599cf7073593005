import { reply, textAnswer, TOOL_ANSWER } from './answers.ts';
import { defineFault, HEALTHY } from './define.ts';
import { DIALECTS, type Fault, GENERATING, MODES } from './fault.ts';

/** Answers with nothing wrong. */
export const HEALTHY_ANSWERS: readonly Fault[] = [
  defineFault({
    id: 'ok',
    aliases: ['200'],
    title: 'A healthy answer.',
    applies: { dialects: DIALECTS, modes: MODES },
    judgement: HEALTHY,
    play: (call, dialect) => reply(textAnswer(call), call, dialect),
  }),
  defineFault({
    id: 'ok_tool_call',
    title: 'A healthy answer that calls the first tool on offer.',
    applies: { dialects: GENERATING, modes: MODES },
    judgement: HEALTHY,
    play: (call, dialect) => reply(TOOL_ANSWER, call, dialect),
  }),
];
