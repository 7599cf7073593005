import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Coding, inflate, isCoding } from './inflate.ts';

const TEXT = Array.from({ length: 400 }, (_, i) => `data: {"n":${(i * 7919) % 1_000}}\n\n`).join('');
const COMPRESS: readonly (readonly [string, Coding, (input: string) => Uint8Array])[] = [
  ['gzip', 'gzip', zlib.gzipSync],
  ['zlib-wrapped deflate', 'deflate', zlib.deflateSync],
  ['raw deflate', 'deflate', zlib.deflateRawSync],
  ['brotli', 'br', zlib.brotliCompressSync],
  ['zstd', 'zstd', zlib.zstdCompressSync],
];

const STREAMS = { gzip: zlib.createGzip, 'x-gzip': zlib.createGzip, deflate: zlib.createDeflate, br: zlib.createBrotliCompress, zstd: zlib.createZstdCompress } as const;

/** Two pieces of a stream, each flushed, without the end of the compressed form. */
async function flushedInTwo(coding: Coding): Promise<{ bytes: Uint8Array; flushed: string }> {
  const compressor = STREAMS[coding]();
  const chunks: Buffer[] = [];
  compressor.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (const piece of ['data: one\n\n', 'data: two\n\n']) {
    compressor.write(piece);
    await new Promise<void>((resolve) => {
      compressor.flush(() => resolve());
    });
  }
  await new Promise((resolve) => setImmediate(resolve));
  compressor.destroy();
  return { bytes: Buffer.concat(chunks), flushed: 'data: one\n\ndata: two\n\n' };
}

describe.each(COMPRESS)('inflate of %s', (_, coding, compress) => {
  const whole = compress(TEXT);
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

  it('gives all of a whole body', () => {
    const inflated = inflate(coding, whole, 1_000_000);
    expect(inflated?.outcome).toBe('complete');
    expect(text(inflated?.bytes ?? new Uint8Array())).toBe(TEXT);
  });

  it('says that a cut body is cut, and gives a beginning of it', () => {
    const inflated = inflate(coding, whole.subarray(0, Math.floor(whole.length * 0.7)), 1_000_000);
    expect(inflated?.outcome).toBe('truncated');
    expect(TEXT.startsWith(text(inflated?.bytes ?? new Uint8Array([1])))).toBe(true);
  });

  it('says that a body is cut that lacks its last byte only', () => {
    expect(inflate(coding, whole.subarray(0, -1), 1_000_000)?.outcome).toBe('truncated');
  });

  it('gives what was flushed before the cut', async () => {
    const { bytes, flushed } = await flushedInTwo(coding);
    const inflated = inflate(coding, bytes, 1_000_000);
    expect(inflated?.outcome).toBe('truncated');
    expect(text(inflated?.bytes ?? new Uint8Array())).toBe(flushed);
  });

  it('gives nothing of an empty body, which is whole', () => {
    expect(inflate(coding, compress(''), 1_000)).toMatchObject({ outcome: 'complete', bytes: { length: 0 } });
  });

  it('stops at the cap', () => {
    const inflated = inflate(coding, compress(TEXT.repeat(50)), 20_000);
    expect(inflated?.outcome).toBe('capped');
    expect(inflated?.bytes.length).toBeLessThanOrEqual(20_000);
  });

  it('takes nothing from what is not compressed', () => {
    const inflated = inflate(coding, new TextEncoder().encode('<html><body>502 Bad Gateway</body></html>'), 1_000);
    expect(inflated?.outcome).not.toBe('complete');
  });
});

describe('inflate', () => {
  it('says that a damaged body is corrupt', () => {
    expect(inflate('gzip', new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff]), 1_000)).toEqual({ bytes: new Uint8Array(0), outcome: 'corrupt' });
  });

  it('knows its codings', () => {
    expect([isCoding('gzip'), isCoding('x-gzip'), isCoding('compress'), isCoding('')]).toEqual([true, true, false, false]);
  });
});
