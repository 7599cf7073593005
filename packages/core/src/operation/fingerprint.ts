import { digest } from '../platform/digest.ts';

const SAMPLE = 65_536;

/**
 * What two attempts at the same call have in common: a digest of the request body, or of its length and
 * both its ends where it is longer than 128 KiB (hashing 5 MiB would stall the event loop for milliseconds).
 */
export function fingerprintBody(chunks: readonly Uint8Array[], bytes: number): string {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1 && bytes > 2 * SAMPLE) {
    return `${bytes}:${digest([only.subarray(0, SAMPLE), only.subarray(bytes - SAMPLE)])}`;
  }
  return `${bytes}:${digest(chunks)}`;
}
