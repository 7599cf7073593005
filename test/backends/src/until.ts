import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 100;

/**
 * Asks again and again until the answer is neither `undefined` nor `false`, and returns it.
 * @throws an error that names what was waited for, where that takes longer than `withinMs`; and whatever `ask` throws, at once
 */
export async function until<T>(what: string, withinMs: number, ask: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs / 1000} s for ${what}`);
    await sleep(PAUSE_MS);
  }
}
