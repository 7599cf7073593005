import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodedHeaders } from './decoded-headers.ts';

afterEach(() => vi.unstubAllGlobals());

const namesOf = (encoding: string): string[] => decodedHeaders(new Headers({ 'content-encoding': encoding, 'content-length': '9', server: 'x' })).map(([name]) => name);
const ALL = ['content-encoding', 'content-length', 'server'];

describe('decodedHeaders', () => {
  it('leaves out what holds of the encoded body', () => {
    expect(namesOf('gzip')).toEqual(['server']);
    expect(namesOf('zstd')).toEqual(['server']);
  });

  it('keeps it for a coding that the runtime hands out as it came', () => {
    vi.stubGlobal('WebSocketPair', {});
    expect(namesOf('br')).toEqual(['server']);
    expect(namesOf('zstd')).toEqual(ALL);
    expect(namesOf('gzip, deflate')).toEqual(ALL);
  });

  it('keeps all headers of a plain body, in lower case', () => {
    expect(decodedHeaders([['Content-Length', '9']])).toEqual([['content-length', '9']]);
  });
});
