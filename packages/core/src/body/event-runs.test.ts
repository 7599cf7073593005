import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../platform/bytes.ts';
import { EventRuns } from './event-runs.ts';

const MEGABYTE = 1_048_576;
const event = (i: number, size = 200): Uint8Array => encodeUtf8(`data: ${String(i).padStart(6, '0')}${'x'.repeat(size)}\n\n`);
const textOf = (runs: readonly (readonly Uint8Array[])[]): string => runs.flat().map((piece) => new TextDecoder().decode(piece)).join('');

describe('EventRuns', () => {
  it('keeps a short stream whole', () => {
    const runs = new EventRuns(MEGABYTE);
    const sent = Array.from({ length: 60 }, (_, i) => event(i));
    for (const chunk of sent) runs.push(chunk);
    expect(runs.dropped).toBe(0);
    expect(textOf([...runs.head(), ...runs.tail()])).toBe(textOf([sent]));
  });

  it('keeps the two ends of a long stream, in whole events, and holds no more however long it gets', () => {
    const runs = new EventRuns(MEGABYTE);
    let most = 0;
    for (let i = 0; i < 50_000; i++) {
      runs.push(event(i));
      most = Math.max(most, runs.held);
    }
    expect(most).toBeLessThan(16_384 + 65_536 + 300);
    expect(runs.head()).toHaveLength(8);
    expect(textOf(runs.head())).toMatch(/^data: 000000x/);
    const tail = textOf(runs.tail());
    expect(tail).toMatch(/^data: 0499\d\dx/);
    expect(tail).toMatch(/data: 049999x+\n\n$/);
    expect(runs.dropped + runs.held).toBe(50_000 * event(0).length);
  });

  it('keeps a large last event although it is past the tail\'s size', () => {
    const runs = new EventRuns(MEGABYTE);
    for (let i = 0; i < 200; i++) runs.push(event(i));
    runs.push(event(200, 300_000));
    runs.push(encodeUtf8('data: [DONE]\n\n'));
    expect(textOf(runs.tail())).toContain('data: 000200');
  });

  it('joins an event that came in many chunks, also byte by byte, without an object per byte', () => {
    const runs = new EventRuns(MEGABYTE);
    const bytes = event(1, 5_000);
    for (let at = 0; at < bytes.length; at++) runs.push(bytes.subarray(at, at + 1));
    expect(runs.head()).toHaveLength(1);
    expect(runs.head()[0]?.length).toBeLessThan(32);
    expect(textOf(runs.head())).toBe(textOf([[bytes]]));
  });

  it.each([['\n\n'], ['\r\n\r\n'], ['\r\r']])('sees the blank line %j at the end of a chunk, also cut in two', (end) => {
    for (const cut of [0, 1]) {
      const runs = new EventRuns(MEGABYTE);
      const bytes = encodeUtf8(`data: x${end}`);
      if (cut > 0) runs.push(bytes.subarray(0, -cut));
      runs.push(cut > 0 ? bytes.subarray(-cut) : bytes);
      runs.push(encodeUtf8('data: y'));
      expect(runs.head()).toHaveLength(1);
    }
  });

  it('divides a stream whose chunks never end between events', () => {
    const runs = new EventRuns(MEGABYTE);
    const all = textOf([Array.from({ length: 20_000 }, (_, i) => event(i))]);
    const bytes = encodeUtf8(all);
    for (let at = 0; at < bytes.length; at += 16_001) runs.push(bytes.subarray(at, at + 16_001));
    expect(runs.overflowing).toBe(false);
    expect(runs.held).toBeLessThan(400_000);
    const tail = textOf(runs.tail());
    expect(tail.startsWith('data: ')).toBe(true);
    expect(all.endsWith(tail)).toBe(true);
  });

  it('divides one huge chunk and keeps no more of its memory than it needs', () => {
    const runs = new EventRuns(MEGABYTE);
    runs.push(encodeUtf8(textOf([Array.from({ length: 50_000 }, (_, i) => event(i))])));
    expect(runs.held).toBeLessThan(400_000);
    for (const piece of runs.tail().flat()) expect(piece.buffer.byteLength).toBeLessThanOrEqual(262_144);
  });

  it('copies small chunks that would keep a large allocation alive', () => {
    const runs = new EventRuns(MEGABYTE);
    const slab = new Uint8Array(1_000_000);
    slab.set(event(1), 500_000);
    for (let i = 0; i < 5; i++) runs.push(slab.subarray(500_000, 500_000 + event(1).length));
    for (const piece of runs.head().flat()) expect(piece.buffer.byteLength).toBeLessThan(1_000);
  });

  it('says when one event outgrows what may be held', () => {
    const runs = new EventRuns(100_000);
    for (let i = 0; i < 10 && !runs.overflowing; i++) runs.push(new Uint8Array(20_000).fill(0x78));
    expect(runs.overflowing).toBe(true);
    expect(runs.held).toBeLessThan(130_000);
  });
});
