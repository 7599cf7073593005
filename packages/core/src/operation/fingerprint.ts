import { digest } from '../platform/digest.ts';

/** Bytes of a body that are hashed: a body up to this size whole, a longer one in {@link SAMPLES} places. */
const HASHED = 8_192;
const SAMPLES = 4;

/**
 * What two tries at the same call have in common: the length of the request body and a digest of it, or of samples
 * spread over it where it is long. Hashing all of a long body would cost more than all else that is done for a call,
 * and only bodies of one length that follow each other's failure in the same place are ever compared.
 */
export function fingerprintBody(chunks: readonly Uint8Array[], bytes: number): string {
  const [only] = chunks;
  if (only === undefined || chunks.length > 1) return `${bytes}:${chunks.map((chunk) => digest(sample(chunk))).join()}`;
  return `${bytes}:${digest(sample(only))}`;
}

function sample(body: Uint8Array): Uint8Array {
  if (body.byteLength <= HASHED) return body;
  const size = HASHED / SAMPLES;
  const samples = new Uint8Array(HASHED);
  for (let n = 0; n < SAMPLES; n++) {
    const from = Math.floor(((body.byteLength - size) * n) / (SAMPLES - 1));
    samples.set(body.subarray(from, from + size), n * size);
  }
  return samples;
}
