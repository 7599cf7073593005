import type { BodyFindings, BodyPart } from './body-part.ts';
import { ChunkList } from './chunk-list.ts';
import { looksLikeHtml, readHints } from './markup.ts';

/** What a page is of lies at its beginning. */
const KEPT = 8_192;

/** Reads a body that is neither JSON nor events: a proxy's page, a firewall's, or plain text. Only its beginning is kept, and only flags leave. */
export class PageBody implements BodyPart {
  readonly #beginning = new ChunkList();

  push(chunk: Uint8Array): void {
    const room = KEPT - this.#beginning.bytes;
    if (room > 0) this.#beginning.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
  }

  finish(): BodyFindings {
    const bytes = this.#beginning.join();
    const hints = readHints(bytes);
    return { form: looksLikeHtml(bytes) ? 'html' : 'text', ...(hints !== undefined && { hints }) };
  }
}
