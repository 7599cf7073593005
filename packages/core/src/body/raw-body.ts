import type { BodyFindings, BodyPart } from './body-part.ts';

/** Media types whose bytes say nothing to anyone but their player. */
const MEDIA = /^(?:audio|image|video)\/|^application\/octet-stream$/;

/** Whether a body of this type is media, whatever its first byte looks like. */
export function isMedia(contentType: string | undefined): boolean {
  return contentType !== undefined && MEDIA.test(contentType);
}

/** An answer that is no document: audio, or plain text that was asked for. Its framing alone tells whether it is whole. */
export class RawBody implements BodyPart {
  push(): void {
    // Bytes are counted by whoever pushes them.
  }

  finish(): BodyFindings {
    return { form: 'opaque' };
  }
}
