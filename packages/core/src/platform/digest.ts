import type * as Crypto from 'node:crypto';

const crypto: typeof Crypto | undefined = globalThis.process?.getBuiltinModule?.('node:crypto');

/** A digest of bytes; where the runtime has no synchronous one, of their lengths and some samples. Not for security. */
export function digest(chunks: readonly Uint8Array[]): string {
  if (crypto !== undefined) {
    const hash = crypto.createHash('sha1');
    for (const chunk of chunks) hash.update(chunk);
    return hash.digest('base64');
  }
  let state = 0x811c9dc5;
  for (const chunk of chunks) {
    const step = Math.max(1, chunk.length >> 9);
    for (let i = 0; i < chunk.length; i += step) state = Math.imul(state ^ (chunk[i] ?? 0), 0x01000193);
    state = Math.imul(state ^ chunk.length, 0x01000193);
  }
  return (state >>> 0).toString(36);
}
