import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../platform/bytes.ts';
import { isForm, readFormFields } from './form-fields.ts';

const WANTED: ReadonlySet<string> = new Set(['model', 'n', 'stream']);

/** Bytes as `fetch` writes a form. */
async function form(entries: readonly (readonly [string, string | File])[]): Promise<Uint8Array> {
  const data = new FormData();
  for (const [name, value] of entries) data.append(name, value);
  return new Uint8Array(await new Response(data).arrayBuffer());
}

describe('readFormFields', () => {
  it('reads the texts that are wanted, wherever a file stands', async () => {
    const file = new File(['RIFF\r\n\r\nname="model"\r\n\r\nnot-this'], 'a.wav');
    for (const entries of [[['file', file], ['model', 'whisper-1'], ['n', '2']], [['model', 'whisper-1'], ['n', '2'], ['file', file]]] as const) {
      const body = await form(entries);
      expect(isForm(body)).toBe(true);
      expect(readFormFields(body, WANTED)).toEqual({ model: 'whisper-1', n: '2' });
    }
  });

  it('takes a file for no text, also where it has a wanted name', async () => {
    expect(readFormFields(await form([['model', new File(['x'], 'x')]]), WANTED)).toEqual({});
  });

  it('finds what is whole in the beginning of a form', async () => {
    const body = await form([['model', 'whisper-1'], ['n', '2'], ['file', new File(['x'.repeat(1_000)], 'a.wav')]]);
    for (let end = 0; end < body.length; end++) {
      const found = readFormFields(body.subarray(0, end), WANTED);
      expect([undefined, 'whisper-1']).toContain(found['model']);
      expect([undefined, '2']).toContain(found['n']);
    }
  });

  it.each(['', '--', '--\r\n', '--b\r\n\r\n', `--${'b'.repeat(100)}\r\n\r\n`, '--b\r\nname="model"', `--b\r\n${'x'.repeat(5_000)}\r\n\r\nv\r\n--b`])('reads nothing of %j', (text) => {
    expect(readFormFields(encodeUtf8(text), WANTED)).toEqual({});
  });
});
