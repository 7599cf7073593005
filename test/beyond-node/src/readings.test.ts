import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAnswers } from './answers.ts';
import type { AnswerKind, Answers } from './answers.ts';
import { startReceiver } from './receiver.ts';
import { haveRuntimes, hostOf } from './task.ts';

const KINDS: readonly (readonly [kind: AnswerKind, stream: boolean])[] = [
  ['stream', true],
  ['streamAtOnce', true],
  ['reset', true],
  ['document', false],
  ['short', false],
  ['bom', false],
  ['half', false],
  ['empty', false],
];

let answers: Answers;
beforeAll(async () => {
  answers = await startAnswers();
});
afterAll(() => answers.close());

describe.runIf(haveRuntimes).each(['node', 'bun', 'deno', 'workerd', 'edge'] as const)('an answer on %s', (name) => {
  it.each(KINDS)('reads the same with Outspan and without, in every way: %s', async (kind, stream) => {
    const host = hostOf(name);
    const receiver = await startReceiver();
    try {
      const task = { urls: { any: answers.url(kind) }, stream };
      // On Node the global fetch is for the channels. Elsewhere the two differ only in who is called.
      const ways = name !== 'node' && kind === 'stream' ? (['given', 'global'] as const) : (['given'] as const);
      const [plain, ...traced] = await Promise.all([host.perform(task), ...ways.map((trace) => host.perform({ ...task, trace, otlp: receiver.url }))]);
      for (const one of traced) expect(one).toEqual(plain);
      // Every reading is one exchange or two; few of them are never read.
      expect(receiver.spans.filter(({ name: span }) => span === 'POST').length).toBeGreaterThan(35 * ways.length);
    } finally {
      host.close();
      receiver.close();
    }
  });
});
