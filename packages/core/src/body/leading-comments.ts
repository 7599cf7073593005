const [LF, CR, COLON] = [0x0a, 0x0d, 0x3a];

/** Tells the comments that a provider sends to keep a stream open, before the answer begins, from the answer. */
export class LeadingComments {
  #inComment = false;

  /** Whether all lines of `chunk` are comments (`: PROCESSING`) or blank. Call it with each chunk until it returns false. */
  hasOnly(chunk: Uint8Array): boolean {
    for (const byte of chunk) {
      if (byte === LF || byte === CR) this.#inComment = false;
      else if (!this.#inComment && byte !== COLON) return false;
      else this.#inComment = true;
    }
    return true;
  }
}
