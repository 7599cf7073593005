import { afterAll, describe, expect, it } from 'vitest';
import { startFaultProvider } from '../server/provider.ts';
import { sampleRequest } from '../testing/requests.ts';
import type { DialectId } from '@outspan/core';
import type { Words } from './words.ts';

const WORDS: Words = { text: 'Words that nobody else would use in an answer', toolArguments: '{"of":"words","own":"entirely"}', echo: 'as asked by ECHO', headers: { 'set-cookie': 'own=1' } };
const GENERATING: readonly DialectId[] = ['openai.chat', 'openai.responses', 'anthropic.messages', 'gemini.generate_content'];

const provider = await startFaultProvider();
afterAll(() => provider.close());

async function answer(script: string, dialect: DialectId, mode: 'unary' | 'stream', words?: Words): Promise<{ readonly text: string; readonly headers: Headers }> {
  const { path, body } = sampleRequest(dialect, mode);
  const session = provider.session(script, { seed: 7, textEvents: 4, hugeEventBytes: 2_000, ...(words && { words }) });
  const response = await fetch(`${session.baseUrl}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return { text: await response.text(), headers: response.headers };
}

describe.each(GENERATING)('words of a session, in %s', (dialect) => {
  it('are the text of its documents', async () => {
    const { text, headers } = await answer('ok', dialect, 'unary', WORDS);
    expect(text).toContain('Words that nobody else would use in an answer');
    expect(text).not.toContain('Paris');
    expect(headers.get('set-cookie')).toBe('own=1');
  });

  it('are cut into as many pieces as the stock text of a stream', async () => {
    const pieces = (text: string): number => text.split('data: ').length;
    const { text } = await answer('ok', dialect, 'stream', WORDS);
    expect(text).toContain('"Words that n');
    expect(pieces(text)).toBe(pieces((await answer('ok', dialect, 'stream')).text));
  });

  it('are the arguments of its tool calls', async () => {
    const { text } = await answer('ok_tool_call', dialect, 'unary', WORDS);
    expect(text.replaceAll('\\', '')).toContain('{"of":"words","own":"entirely"}');
  });

  it('go on the message of an error, also in a stream', async () => {
    expect((await answer('server_error', dialect, 'unary', WORDS)).text).toContain('as asked by ECHO"');
    expect((await answer('stream_error_event', dialect, 'stream', WORDS)).text).toContain('as asked by ECHO"');
  });

  it('leave alone what makes a body huge', async () => {
    const { text } = await answer('ok_huge_event', dialect, 'stream', WORDS);
    expect(text).toContain('a'.repeat(2_000));
    expect(text).not.toContain('Paris');
  });
});

describe('words of a session', () => {
  it('are in the heads of gateways too', async () => {
    expect((await answer('bad_gateway_page', 'openai.chat', 'unary', WORDS)).headers.get('set-cookie')).toBe('own=1');
  });
});
