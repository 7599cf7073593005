import type * as zlibTypes from 'node:zlib';
import { areWholeZstdFrames } from './zstd-frames.ts';

/**
 * Decompression, the one thing that core needs from Node. It is looked up when first used, so that the
 * module loads where there is no `node:zlib`; there a compressed body stays unread.
 */

/** Content codings that can be undone here. `deflate` may be zlib-wrapped, as the standard says, or raw, as some servers send it. */
export const CODINGS = ['gzip', 'x-gzip', 'deflate', 'br', 'zstd'] as const;
/** A content coding that can be undone. */
export type Coding = (typeof CODINGS)[number];

/** What came out of decompression. */
export interface Inflated {
  /** The decompressed bytes, or as many of them as could be had. */
  readonly bytes: Uint8Array;
  /**
   * `complete`: the compressed form ended as it should. `truncated`: it ended early. `corrupt`: it is not what it says.
   * `capped`: more would have come out than was asked for, and `bytes` is a beginning.
   */
  readonly outcome: 'complete' | 'truncated' | 'corrupt' | 'capped';
}

type Zlib = typeof zlibTypes;

interface Codec {
  readonly run: (input: Uint8Array, options: { readonly finishFlush?: number; readonly maxOutputLength: number }) => Uint8Array;
  /** The flush mode that hands out what there is instead of failing on an early end. */
  readonly lenient: number;
}

/** Whether a name is one of {@link CODINGS}. */
export function isCoding(name: string): name is Coding {
  return CODINGS.some((coding) => coding === name);
}

/**
 * Decompresses at once.
 *
 * @param cap the most bytes that may come out
 * @returns undefined where the platform cannot undo this coding
 */
export function inflate(coding: Coding, input: Uint8Array, cap: number): Inflated | undefined {
  const zlib = loadZlib();
  const codec = zlib && CODECS[coding](zlib, input);
  if (!codec) return undefined;
  try {
    return { bytes: codec.run(input, { maxOutputLength: cap }), outcome: coding !== 'zstd' || areWholeZstdFrames(input) ? 'complete' : 'truncated' };
  } catch (error) {
    if (isTooLarge(error)) return { bytes: beginning(codec, input, cap), outcome: 'capped' };
    // The strict run does not say how far it came, and an early end and damage differ only in whether the lenient run gets through.
    try {
      return { bytes: codec.run(input, { maxOutputLength: cap, finishFlush: codec.lenient }), outcome: 'truncated' };
    } catch (again) {
      return isTooLarge(again) ? { bytes: beginning(codec, input, cap), outcome: 'capped' } : { bytes: new Uint8Array(0), outcome: 'corrupt' };
    }
  }
}

/** The one-shot API keeps nothing when its output limit is passed, so less is put in until what comes out fits. */
function beginning(codec: Codec, input: Uint8Array, cap: number): Uint8Array {
  for (let length = input.length >> 1; length > 0; length >>= 1) {
    try {
      return codec.run(input.subarray(0, length), { maxOutputLength: cap, finishFlush: codec.lenient });
    } catch (error) {
      if (!isTooLarge(error)) break;
    }
  }
  return new Uint8Array(0);
}

/** Looked up when used: Node has zstd from 22.15 on. */
const CODECS: Readonly<Record<Coding, (zlib: Zlib, input: Uint8Array) => Codec | undefined>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: (zlib, input) => ({ run: isZlibWrapped(input) ? zlib.inflateSync : zlib.inflateRawSync, lenient: zlib.constants.Z_SYNC_FLUSH }),
  br: (zlib) => ({ run: zlib.brotliDecompressSync, lenient: zlib.constants.BROTLI_OPERATION_FLUSH }),
  zstd: (zlib) => (typeof zlib.zstdDecompressSync === 'function' ? { run: zlib.zstdDecompressSync, lenient: zlib.constants.ZSTD_e_flush } : undefined),
};

function gunzip(zlib: Zlib): Codec {
  return { run: zlib.gunzipSync, lenient: zlib.constants.Z_SYNC_FLUSH };
}

/** RFC 1950: compression method 8 in the low nibble, and the first two bytes a multiple of 31. */
function isZlibWrapped(input: Uint8Array): boolean {
  const [cmf = 0, flg = 0] = input;
  return (cmf & 0x0f) === 8 && ((cmf << 8) | flg) % 31 === 0;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

let zlibModule: Zlib | undefined;

function loadZlib(): Zlib | undefined {
  zlibModule ??= globalThis.process?.getBuiltinModule?.('node:zlib');
  return zlibModule;
}
