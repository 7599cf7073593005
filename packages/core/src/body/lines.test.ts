import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '../dialects/dialect.ts';
import { encodeUtf8 } from '../platform/bytes.ts';
import { LineSplitter } from './lines.ts';
import type { UnfinishedEvent } from './sse.ts';

interface Split {
  readonly events: readonly string[];
  readonly oversized: readonly (string | undefined)[];
  readonly unfinished: UnfinishedEvent | undefined;
}

function split(input: string | Uint8Array, step = Infinity, cap = 1_048_576): Split {
  const bytes = typeof input === 'string' ? encodeUtf8(input) : input;
  const events: string[] = [];
  const oversized: (string | undefined)[] = [];
  const splitter = new LineSplitter({ event: ({ data }: StreamEvent) => events.push(data), oversizedEvent: ({ data }) => oversized.push(data) }, cap);
  for (let at = 0; at < bytes.length; at += Math.min(step, bytes.length)) splitter.push(bytes.subarray(at, at + step));
  return { events, oversized, unfinished: splitter.end() };
}

describe('LineSplitter', () => {
  const ODD = '\uFEFF{"x":"é🗼"}\n\n  \r\n{"y":1}\r\n{"z":"\\n"}\n';

  it('gives each line that is not blank, cut into chunks of any size', () => {
    for (const step of [1, 2, 3, 7, Infinity]) {
      expect(split(ODD, step)).toEqual({ events: ['{"x":"é🗼"}', '{"y":1}\r', '{"z":"\\n"}'], oversized: [], unfinished: undefined });
    }
  });

  it('reads the same from a plain Uint8Array as from a Buffer', () => {
    expect(split(new Uint8Array(Buffer.from(ODD))).events).toEqual(split(Buffer.from(ODD)).events);
  });

  it('gives the line that has no end as unfinished, with its bytes', () => {
    for (const step of [1, Infinity]) expect(split('{"a":1}\n{"b":', step)).toEqual({ events: ['{"a":1}'], oversized: [], unfinished: { event: { data: '{"b":' }, bytes: 5 } });
  });

  it.each(['', '\n', '{}\n', '{}\n \r'])('has nothing unfinished where %j ends', (text) => {
    expect(split(text).unfinished).toBeUndefined();
  });

  it('follows a line past the cap to its end, gives its skeleton and reads on', () => {
    const huge = JSON.stringify({ message: { content: 'x'.repeat(50_000) }, done: true });
    for (const step of [1, 999, Infinity]) {
      expect(split(`{"a":1}\n${huge}\n{"b":2}\n`, step, 10_000)).toEqual({ events: ['{"a":1}', '{"b":2}'], oversized: ['{"message":{"content":""},"done":true}'], unfinished: undefined });
      expect(split(`{"a":1}\n${huge}`, step, 10_000).oversized).toEqual(['{"message":{"content":""},"done":true}']);
      expect(split(huge.slice(0, -20), step, 10_000)).toMatchObject({ oversized: [], unfinished: { bytes: huge.length - 20 } });
    }
  });

  it('gives the same for any bytes, however they are cut and whatever the cap', () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.string({ unit: fc.constantFrom('{', '}', '"', 'a', '\n', '\r', ' ', 'é', '\uFEFF'), maxLength: 60 }).map(encodeUtf8));
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 40 }), (input, step, cap) => {
        expect(split(input, step, cap)).toEqual(split(input, Infinity, cap));
      }),
      { numRuns: 2_000 },
    );
  });
});
