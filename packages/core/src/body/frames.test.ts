import { describe, expect, it } from 'vitest';
import { bedrockConverse } from '../dialects/bedrock-converse.ts';
import { fixture } from '../dialects/fixtures/fixture.ts';
import type { StreamEvent } from '../dialects/dialect.ts';
import type { BodyFacts, HeadFacts } from '../verdict/evidence.ts';
import { FrameSplitter } from './frames.ts';
import { readBody } from './reader.ts';

const WHOLE = fixture('bedrock-converse.text.eventstream');
const HEAD: HeadFacts = { status: 200, contentType: 'application/vnd.amazon.eventstream' };

interface Split {
  readonly events: readonly StreamEvent[];
  readonly oversized: readonly { readonly name?: string; readonly data?: string }[];
  readonly broken: number;
  readonly rest: number | undefined;
}

function split(pieces: readonly Uint8Array[], cap = 1_000_000): Split {
  const events: StreamEvent[] = [];
  const oversized: { readonly name?: string; readonly data?: string }[] = [];
  let broken = 0;
  const splitter = new FrameSplitter({ event: (event) => events.push(event), oversizedEvent: (event) => oversized.push(event), brokenEvent: () => broken++ }, cap);
  for (const piece of pieces) splitter.push(piece);
  return { events, oversized, broken, rest: splitter.end()?.bytes };
}

function inPieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

function read(bytes: Uint8Array, head: HeadFacts = HEAD): BodyFacts {
  const reader = readBody(head, bedrockConverse, { operation: 'chat', stream: true, parameters: {} }, { contentBytes: 0 });
  reader.push(bytes);
  return reader.finish({ cleanly: true });
}

/** With one bit of the byte there turned. */
function damaged(at: number): Uint8Array {
  return WHOLE.with(at, (WHOLE[at] ?? 0) ^ 1);
}

const FIRST = new DataView(WHOLE.buffer).getUint32(0);

describe('the messages of a binary event stream', () => {
  it('are named and have their payload', () => {
    const { events, broken, rest } = split([WHOLE]);
    expect(events.map(({ name }) => name)).toEqual(['messageStart', ...Array.from({ length: 6 }, () => 'contentBlockDelta'), 'contentBlockStop', 'messageStop', 'metadata']);
    expect(JSON.parse(events[5]?.data ?? '')).toMatchObject({ delta: { text: ' — voilà' } });
    expect([broken, rest]).toEqual([0, undefined]);
  });

  it.each([1, 2, 3, 5, 11, 12, 13, 16, 100, 1_000])('are the same in pieces of %i bytes', (size) => {
    expect(split(inPieces(WHOLE, size))).toEqual(split([WHOLE]));
  });

  it.each([1, 7, 50, 5_000])('past the cap have their name and what is short of their payload, in pieces of %i bytes', (size) => {
    const { events, oversized, broken, rest } = split(inPieces(WHOLE, size), 100);
    expect(events).toEqual([]);
    expect(oversized).toHaveLength(10);
    expect(oversized[8]?.name).toBe('messageStop');
    expect(JSON.parse(oversized[8]?.data ?? '')).toMatchObject({ stopReason: 'end_turn' });
    expect([broken, rest]).toEqual([0, undefined]);
  });

  it('that are exceptions say which', () => {
    const { events } = split([fixture('bedrock-converse.throttled.eventstream')]);
    expect(events.at(-1)).toEqual({ exception: 'throttlingException', data: '{"message":"Too many requests, please wait before trying again."}' });
  });

  it.each([
    ['a length', 3, 0],
    ['the checksum of a prelude', 8, 0],
    ['a header', 14, 0],
    ['a payload', FIRST - 6, 0],
    ['a checksum', FIRST - 1, 0],
    ['the second message', FIRST + 90, 1],
  ])('are read no further than damage in %s', (_, at, whole) => {
    for (const size of [1, 40, 5_000]) {
      for (const cap of [1_000_000, 100]) {
        const { events, oversized, broken, rest } = split(inPieces(damaged(at), size), cap);
        expect([events.length + oversized.length, broken, rest]).toEqual([whole, 1, undefined]);
      }
    }
  });

  it('that are cut short leave so many bytes', () => {
    expect(split([WHOLE.subarray(0, FIRST + 5)]).rest).toBe(5);
    expect(split([WHOLE.subarray(0, FIRST + 50)], 100).rest).toBe(50);
    expect(split([WHOLE.subarray(0, FIRST)]).rest).toBeUndefined();
  });
});

describe('a body of such messages', () => {
  it('is known by its bytes where its content type is wrong', () => {
    const facts = { form: 'events', answer: { terminal: true, finishReasons: ['end_turn'] } };
    expect(read(WHOLE)).toMatchObject(facts);
    expect(read(WHOLE, { status: 200, contentType: 'text/plain' })).toMatchObject(facts);
    expect(read(Uint8Array.from([0, ...WHOLE]), { status: 200 })).toEqual({ form: 'text', bytes: WHOLE.length + 1 });
  });

  it('is incomplete where it ends inside of one, and invalid where a checksum does not hold', () => {
    expect(read(WHOLE.subarray(0, WHOLE.length - 1))).toMatchObject({ form: 'events', defect: 'incomplete', answer: { terminal: false, finishReasons: ['end_turn'] } });
    expect(read(damaged(FIRST + 90))).toMatchObject({ form: 'events', defect: 'invalid' });
  });
});
