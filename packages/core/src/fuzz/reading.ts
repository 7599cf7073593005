import * as zlib from 'node:zlib';
import * as fc from 'fast-check';
import { type BodyOptions, readBody } from '../body/reader.ts';
import type { BodyFacts, Ending } from '../verdict/evidence.ts';
import { judgeAttempt } from '../verdict/judge-attempt.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { place, type WholeAnswer } from './corpus.ts';

/** Reads an answer that comes in these pieces. */
export function readPieces({ head, dialect, request }: WholeAnswer, pieces: readonly Uint8Array[], options: Partial<BodyOptions> & { readonly cleanly?: boolean } = {}): BodyFacts {
  const reader = readBody(head, dialect, request, { contentBytes: 0, ...options });
  for (const piece of pieces) reader.push(piece);
  return reader.finish({ cleanly: options.cleanly ?? true });
}

/** Reads so much of an answer at once, and judges it under an ending. */
export function judge(answer: WholeAnswer, bytes: Uint8Array, ending: Ending): Verdict {
  const body = readPieces(answer, [bytes], { cleanly: ending.by === 'completion' });
  return judgeAttempt({ request: answer.request, head: answer.head, body, ending });
}

/** Where to cut: each a part of the whole. */
export const cuts: fc.Arbitrary<readonly number[]> = fc.oneof(fc.constant([]), fc.array(place, { minLength: 1, maxLength: 30 }));

/** Cuts bytes; without a place to cut, into single bytes. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  if (places.length === 0) return Array.from(bytes, (_, at) => bytes.slice(at, at + 1));
  const stops = [...places.map((part) => Math.floor(part * bytes.length)), bytes.length].toSorted((a, b) => a - b);
  return stops.map((stop, index) => bytes.slice(stops[index - 1] ?? 0, stop));
}

/** How an answer may be packed: as it is, and in each coding. */
export const CODINGS: readonly (readonly [contentEncoding: string | undefined, pack: (bytes: Uint8Array) => Uint8Array])[] = [
  [undefined, (bytes) => bytes],
  ['gzip', (bytes) => zlib.gzipSync(bytes)],
  ['deflate', (bytes) => zlib.deflateSync(bytes)],
  ['deflate', (bytes) => zlib.deflateRawSync(bytes)],
  ['br', (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 2 } })],
  ['zstd', (bytes) => zlib.zstdCompressSync(bytes)],
  ['gzip, br', (bytes) => zlib.brotliCompressSync(zlib.gzipSync(bytes), { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 2 } })],
];

/** The same answer in a coding. */
export function packed(answer: WholeAnswer, [contentEncoding, pack]: (typeof CODINGS)[number]): WholeAnswer {
  return contentEncoding === undefined ? answer : { ...answer, head: { ...answer.head, contentEncoding }, bytes: pack(answer.bytes) };
}
