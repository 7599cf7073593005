import { describe, expect, it } from 'vitest';
import { bodyOf, headerReader, methodOf, signalOf, urlOf, withHeaders } from './request.ts';

const URL_TEXT = 'https://api.example.com/v1/chat/completions';
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

describe('the method and address of a request', () => {
  it('are read from texts, URLs and requests', () => {
    expect(urlOf(URL_TEXT)?.href).toBe(URL_TEXT);
    expect(urlOf(new URL(URL_TEXT))?.href).toBe(URL_TEXT);
    expect(urlOf(new Request(URL_TEXT))?.href).toBe(URL_TEXT);
    expect(methodOf(URL_TEXT, { method: 'post' })).toBe('POST');
    expect(methodOf(new Request(URL_TEXT, { method: 'POST' }), undefined)).toBe('POST');
    expect(methodOf(new Request(URL_TEXT, { method: 'POST' }), { method: 'PUT' })).toBe('PUT');
    expect(methodOf(URL_TEXT, undefined)).toBe('GET');
  });

  it('are not guessed of what fetch will refuse, nor asked of an object that may do anything', () => {
    expect(urlOf('/relative')).toBeUndefined();
    expect(urlOf('no:::')).toBeDefined();
    expect(urlOf({ toString: () => URL_TEXT })).toBeUndefined();
    expect(urlOf(undefined)).toBeUndefined();
  });
});

describe('a header', () => {
  it.each([
    ['an object', { 'User-Agent': 'a' }],
    ['pairs', [['USER-AGENT', 'a']]],
    ['Headers', new Headers({ 'user-agent': 'a' })],
  ])('is read from %s', (_, headers) => {
    const read = headerReader(URL_TEXT, { headers });
    expect(read('user-agent')).toBe('a');
    expect(read('traceparent')).toBeUndefined();
  });

  it('is read from a request, unless the options have headers', () => {
    const request = new Request(URL_TEXT, { headers: { 'x-one': '1' } });
    expect(headerReader(request, undefined)('x-one')).toBe('1');
    expect(headerReader(request, { headers: { 'x-two': '2' } })('x-one')).toBeUndefined();
  });

  it('is not read from an iterator, which that would use up', () => {
    const pairs = new Map([['user-agent', 'a']]).entries();
    expect(headerReader(URL_TEXT, { headers: pairs })('user-agent')).toBeUndefined();
    expect([...pairs]).toHaveLength(1);
  });
});

describe('the body of a request', () => {
  it.each<[string, string | ArrayBuffer | Uint8Array | DataView]>([
    ['a text', 'a=1&b=ü'],
    ['bytes', new TextEncoder().encode('a=1&b=ü')],
    ['a buffer', new TextEncoder().encode('a=1&b=ü').buffer],
    ['a view of something else', new DataView(new TextEncoder().encode('__a=1&b=ü').buffer, 2)],
  ])('is read from %s', (_, body) => {
    expect(bodyOf({ body })).toEqual({ bytes: expect.any(Uint8Array), whole: true });
    expect(text(bodyOf({ body })?.bytes)).toBe('a=1&b=ü');
  });

  it('is read from parameters', () => {
    expect(text(bodyOf({ body: new URLSearchParams({ a: 'ü' }) })?.bytes)).toBe('a=%C3%BC');
  });

  it('is a copy of bytes that their owner may change', () => {
    const bytes = new TextEncoder().encode('before');
    const body = bodyOf({ body: bytes });
    bytes.fill(0);
    expect(text(body?.bytes)).toBe('before');
  });

  it('of a form is its fields, and of files their names and sizes', () => {
    const form = new FormData();
    form.set('model', 'whisper-1');
    form.set('file', new File(['sound'], 'a "b".mp3'));
    const body = bodyOf({ body: form });
    expect(body?.whole).toBe(false);
    expect(text(body?.bytes)).toBe(
      '--outspan\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--outspan\r\nContent-Disposition: form-data; name="file"; filename="a %22b%22.mp3"\r\n\r\n5\r\n--outspan--\r\n',
    );
  });

  it('is left alone where reading it would use it up', async () => {
    const stream = new Response('{}').body;
    expect(bodyOf({ body: stream })).toBeUndefined();
    expect(stream?.locked).toBe(false);
    expect(bodyOf({ body: new Blob(['{}']) })).toBeUndefined();
    expect(bodyOf(undefined)).toBeUndefined();
    const request = new Request(URL_TEXT, { method: 'POST', body: '{}' });
    expect(bodyOf(undefined)).toBeUndefined();
    expect(await request.text()).toBe('{}');
  });
});

describe('the signal of a request', () => {
  it('is the one of the options, else that of the request', () => {
    const { signal } = new AbortController();
    expect(signalOf(URL_TEXT, { signal })).toBe(signal);
    expect(signalOf(new Request(URL_TEXT, { signal }), undefined)).toBeInstanceOf(AbortSignal);
    expect(signalOf(URL_TEXT, { signal: null })).toBeUndefined();
  });
});

describe('withHeaders', () => {
  const added = { traceparent: '00-1' };

  it('adds to each form of headers, and changes none that was given', () => {
    const given = [{ 'x-a': '1' }, [['x-a', '1']], new Headers({ 'x-a': '1' }), undefined];
    for (const headers of given) {
      const init = headers === undefined ? undefined : { method: 'POST', headers };
      const [input, made, ...rest] = withHeaders([URL_TEXT, init, 'further'], added) ?? [];
      expect([input, ...rest]).toEqual([URL_TEXT, 'further']);
      expect(headerReader(URL_TEXT, made)('traceparent')).toBe('00-1');
      expect(headerReader(URL_TEXT, made)('x-a')).toBe(headers === undefined ? undefined : '1');
      expect(headerReader(URL_TEXT, init)('traceparent')).toBeUndefined();
    }
  });

  it('keeps the headers of a request, and all other options', () => {
    const dispatcher = {};
    const [, made] = withHeaders([new Request(URL_TEXT, { headers: { 'x-a': '1' } }), { dispatcher }], added) ?? [];
    expect(made).toMatchObject({ dispatcher });
    expect(headerReader(URL_TEXT, made)('x-a')).toBe('1');
  });

  it('adds nothing where that would lose something', () => {
    expect(withHeaders([URL_TEXT, new Request(URL_TEXT)], added)).toBeUndefined();
    expect(withHeaders([URL_TEXT, { headers: new Map([['a', 'b']]).entries() }], added)).toBeUndefined();
  });
});
