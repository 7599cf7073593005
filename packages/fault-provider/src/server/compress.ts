import type { Transform } from 'node:stream';
import { createBrotliCompress, createDeflate, createGzip, createZstdCompress, constants } from 'node:zlib';
import type { Coding, Piece, Reply } from '../wire/reply.ts';

const COMPRESSORS: Readonly<Record<Coding, () => Compressor>> = {
  gzip: createGzip,
  // The HTTP coding "deflate" is the zlib format, not raw deflate (RFC 9110, 8.4.1.2).
  deflate: createDeflate,
  br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  zstd: createZstdCompress,
};

type Compressor = Transform & { flush(callback: () => void): void; read(): Buffer | null };

/**
 * The pieces, compressed as one body and flushed after each, so that a reader can decode every piece when it arrives.
 * `unfinished` leaves out what the compressor would write last.
 */
export async function* compressed(body: Iterable<Piece>, coding: NonNullable<Reply['coding']>): AsyncGenerator<Piece> {
  const compressor = COMPRESSORS[coding.name]();
  for (const { bytes, says } of body) {
    compressor.write(bytes);
    await new Promise<void>((resolve) => compressor.flush(resolve));
    yield { bytes: drained(compressor), ...(says && { says }) };
  }
  if (coding.end === 'unfinished') return;
  compressor.end();
  // 'finish' comes before what it writes last can be read, so this reads to the end.
  const chunks: Buffer[] = [];
  for await (const chunk of compressor) chunks.push(Buffer.from(chunk));
  yield { bytes: Buffer.concat(chunks) };
}

function drained(compressor: Compressor): Uint8Array {
  const chunks: Buffer[] = [];
  for (let chunk = compressor.read(); chunk !== null; chunk = compressor.read()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
