import type * as Crypto from 'node:crypto';

const crypto: typeof Crypto | undefined = globalThis.process?.getBuiltinModule?.('node:crypto');

/** A digest of bytes, quick and not for security. */
export function digest(bytes: Uint8Array): string {
  // Other runtimes may have the module without this function, which is Node's since 21.7.
  if (typeof crypto?.hash === 'function') return crypto.hash('sha1', bytes, 'base64');
  let state = 0x811c9dc5;
  for (const byte of bytes) state = Math.imul(state ^ byte, 0x01000193);
  return (state >>> 0).toString(36);
}
