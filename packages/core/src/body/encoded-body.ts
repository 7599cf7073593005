import { type Coding, inflate, isCoding } from '../platform/inflate.ts';
import type { BodyFindings, BodyPart } from './body-part.ts';
import { ChunkList } from './chunk-list.ts';

/**
 * More than two on top of each other nobody uses, and each may be a bomb of its own: 56 kB under forty of them took
 * eight seconds, at 16 MiB each.
 */
const MAX_CODINGS = 2;

/**
 * The content codings of a `content-encoding` header, in the order in which they were applied.
 * @returns `unknown` when one of them cannot be undone, or when there are too many
 */
export function codingsOf(contentEncoding: string | undefined): readonly Coding[] | 'unknown' {
  const codings: Coding[] = [];
  for (const part of (contentEncoding ?? '').toLowerCase().split(',')) {
    const name = part.trim();
    if (isCoding(name)) codings.push(name);
    else if (name !== '' && name !== 'identity') return 'unknown';
    if (codings.length > MAX_CODINGS) return 'unknown';
  }
  return codings;
}

/**
 * Reads a compressed body: kept as it came, decompressed and read at its end. It is never decompressed as it comes, because that would do
 * the application's work twice on its hot path.
 */
export class EncodedBody implements BodyPart {
  readonly #codings: readonly Coding[] | 'unknown';
  readonly #caps: { readonly responseBytes: number; readonly inflatedBytes: number };
  readonly #plain: () => BodyPart;
  readonly #chunks = new ChunkList();
  #oversized = false;

  constructor(codings: readonly Coding[] | 'unknown', caps: { readonly responseBytes: number; readonly inflatedBytes: number }, plain: () => BodyPart) {
    this.#codings = codings;
    this.#caps = caps;
    this.#plain = plain;
  }

  push(chunk: Uint8Array): void {
    if (this.#oversized || this.#codings === 'unknown') return;
    this.#chunks.push(chunk);
    if (this.#chunks.bytes <= this.#caps.responseBytes) return;
    this.#oversized = true;
    this.#chunks.clear();
  }

  finish(cleanly: boolean): BodyFindings {
    if (this.#codings === 'unknown') return { form: 'opaque' };
    if (this.#oversized) return { form: 'opaque', defect: 'oversized' };
    let bytes = this.#chunks.join();
    let defect: 'compression' | 'oversized' | undefined;
    for (const coding of this.#codings.toReversed()) {
      const inflated = inflate(coding, bytes, this.#caps.inflatedBytes);
      if (inflated === undefined) return { form: 'opaque' };
      // Not cut short: it never was what it says.
      if (inflated.outcome === 'corrupt') return { form: 'opaque', defect: 'invalid' };
      if (inflated.outcome === 'capped') defect ??= 'oversized';
      else if (inflated.outcome !== 'complete') defect = 'compression';
      bytes = inflated.bytes;
    }
    if (bytes.length === 0) return defect === undefined ? { form: 'empty' } : { form: 'opaque', defect };
    const plain = this.#plain();
    plain.push(bytes);
    const findings = plain.finish(cleanly && defect === undefined);
    return defect === undefined ? findings : { ...findings, defect };
  }
}
