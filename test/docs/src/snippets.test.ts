import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENTS } from './documents.ts';
import { readMark } from './mark.ts';
import { LANGUAGES, runDocument } from './run-document.ts';

let provider: FaultProvider;
beforeAll(async () => {
  provider = await startFaultProvider();
});
afterAll(() => provider.close());

describe.concurrent('the code blocks', () => {
  it.each(DOCUMENTS)('of $path are marked', ({ blocks }) => {
    const unmarked = blocks.filter(({ language, mark }) => language in LANGUAGES && mark === undefined);
    expect(unmarked.map(({ line, code }) => `line ${line}: ${code.split('\n')[0]}`)).toEqual([]);
    for (const { language, mark } of blocks) if (language in LANGUAGES && mark !== undefined) readMark(mark);
  });

  const running = DOCUMENTS.filter(({ blocks }) => blocks.some(({ language, mark }) => language in LANGUAGES && mark?.startsWith('run')));
  it.each(running)('of $path run', async (document) => {
    await expect(runDocument(document, provider)).resolves.toBeUndefined();
  });
});
