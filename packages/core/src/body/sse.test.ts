import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '../dialects/dialect.ts';
import { encodeUtf8 } from '../platform/bytes.ts';
import { SseSplitter, type UnfinishedEvent } from './sse.ts';

interface Split {
  readonly events: StreamEvent[];
  readonly oversized: { readonly name?: string; readonly data?: string }[];
  readonly unfinished: UnfinishedEvent | undefined;
}

function split(input: string | Uint8Array, step = Infinity, cap = 1_048_576): Split {
  const bytes = typeof input === 'string' ? encodeUtf8(input) : input;
  const events: StreamEvent[] = [];
  const oversized: Split['oversized'] = [];
  const splitter = new SseSplitter({ event: (event) => events.push(event), oversizedEvent: (event) => oversized.push(event) }, cap);
  for (let at = 0; at < bytes.length; at += Math.min(step, bytes.length)) splitter.push(bytes.subarray(at, at + step));
  return { events, oversized, unfinished: splitter.end() };
}

describe('SseSplitter', () => {
  const ODD = '\uFEFF: hello\nevent: a\ndata: {"x":"é🗼"}\n\n:\n\ndata:no space\ndata:  two\n\nid: 7\nretry: 10\ndata\n\nevent: only-name\n\nunknown: x\n\ndata: last\n\n';
  const ODD_EVENTS = [{ name: 'a', data: '{"x":"é🗼"}' }, { data: 'no space\n two' }, { data: '' }, { name: 'only-name', data: '' }, { data: 'last' }];

  it.each([
    ['LF', ODD],
    ['CRLF', ODD.replaceAll('\n', '\r\n')],
    ['CR', ODD.replaceAll('\n', '\r')],
  ])('reads %s lines alike, cut into chunks of any size', (_, text) => {
    for (const step of [1, 2, 3, 7, 50, Infinity]) expect(split(text, step)).toEqual({ events: ODD_EVENTS, oversized: [], unfinished: undefined });
  });

  it('reads line ends of several kinds in one stream', () => {
    expect(split('data: a\r\n\ndata: b\r\rdata: c\n\r\n', 1).events).toEqual([{ data: 'a' }, { data: 'b' }, { data: 'c' }]);
  });

  it('reads the same from a plain Uint8Array as from a Buffer', () => {
    expect(split(new Uint8Array(Buffer.from(ODD))).events).toEqual(split(Buffer.from(ODD)).events);
  });

  it('gives the event that the end cut short, with its bytes', () => {
    expect(split('data: a\n\ndata: {"b":').unfinished).toEqual({ event: { data: '{"b":' }, bytes: 11 });
    expect(split('data: [DONE]\n').unfinished).toEqual({ event: { data: '[DONE]' }, bytes: 12 });
    expect(split('event: message_stop\n').unfinished).toEqual({ event: { name: 'message_stop', data: '' }, bytes: 19 });
    expect(split('data: a\n\nda').unfinished).toEqual({ event: { data: '' }, bytes: 2 });
  });

  it.each(['data: a\n\n', 'data: a\n\n: keep-al', 'data: a\n\n\n', ''])('loses nothing where %j ends', (text) => {
    expect(split(text).unfinished).toBeUndefined();
  });

  it('follows an event past the cap to its end, gives its skeleton and reads on', () => {
    const huge = JSON.stringify({ type: 'response.completed', response: { id: 'r', output: 'x'.repeat(50_000) } });
    for (const step of [1, 999, Infinity]) {
      const { events, oversized, unfinished } = split(`data: a\n\nevent: big\ndata: ${huge}\n\ndata: b\n\n`, step, 10_000);
      expect(events).toEqual([{ data: 'a' }, { data: 'b' }]);
      expect(oversized).toEqual([{ name: 'big', data: '{"type":"response.completed","response":{"id":"r","output":""}}' }]);
      expect(unfinished).toBeUndefined();
    }
  });

  it('gives no data for an event past the cap that is no JSON', () => {
    expect(split(`data: ${'x'.repeat(20_000)}\n\ndata: b\n\n`, 100, 1_000)).toEqual({ events: [{ data: 'b' }], oversized: [{}], unfinished: undefined });
  });

  it('joins many lines of data past the cap as well', () => {
    const lines = `data: [\n${'data: 1,\n'.repeat(500)}data: 2]\n\n`;
    expect(split(lines, 64, 1_000).oversized).toEqual([{ data: '[]' }]);
  });

  it('knows a line of data by its name however little of it comes first, also behind a name past the cap', () => {
    const long = `event: ${'n'.repeat(50)}\ndata: {"a":1}\n\n`;
    for (const step of [1, 2, 7, Infinity]) expect(split(long, step, 20).oversized).toEqual([{ data: '{"a":1}' }]);
  });

  it('drops a comment past the cap without a trace', () => {
    expect(split(`: ${'x'.repeat(5_000)}\ndata: b\n\n`, 100, 1_000)).toEqual({ events: [{ data: 'b' }], oversized: [], unfinished: undefined });
  });

  it('reads any bytes the same however they are cut', () => {
    const pieces = fc.array(fc.constantFrom('data: x', 'data:', 'event: e', ':c', '\n', '\r', '\r\n', '\n\n', '\uFEFF', 'é', 'id: 1', ' '), { maxLength: 30 });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 5 }), (parts, step) => {
        const text = parts.join('');
        expect(split(text, step)).toEqual(split(text));
      }),
      { numRuns: 500 },
    );
  });

  it('throws on no bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => split(bytes, 3, 20)).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });
});
