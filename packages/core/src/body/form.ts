import { decodeUtf8 } from '../platform/bytes.ts';
import { beginsFrame, FRAME_TELLING_BYTES } from './frames.ts';

/** How a body is to be read. `array`: a JSON array sent as a stream of its elements. `lines`: JSON documents, one a line. `frames`: the binary messages of an AWS event stream. */
export type BodyForm = 'document' | 'array' | 'lines' | 'events' | 'frames' | 'page';

const FRAMES_TYPE = 'application/vnd.amazon.eventstream';

const FIELDS = ['data:', 'event:', 'id:', 'retry:'] as const;
const LONGEST_FIELD = 6;

/**
 * Decides by the first bytes how a body is to be read, and by its content type only where they do not tell:
 * gateways send healthy answers under wrong types, and error pages under right ones.
 *
 * @param start the body's beginning, without leading white space
 * @param about `mayBe`: how an answer of objects or lists may be streamed, if it may; `ended`: no more will come, so it has to be decided
 * @returns undefined when more bytes are needed
 */
export function formOf(start: Uint8Array, about: { readonly contentType: string | undefined; readonly mayBe: 'array' | 'lines' | undefined; readonly ended: boolean }): BodyForm | undefined {
  const hasBom = start[0] === 0xef;
  if (hasBom && start.length < 4 && !about.ended) return undefined;
  const at = hasBom ? 3 : 0;
  switch (start[at]) {
    case 0x7b: // {
      return about.mayBe === 'lines' ? 'lines' : 'document';
    case 0x5b: // [
      return about.mayBe === 'array' ? 'array' : 'document';
    case 0x3c: // <
      return 'page';
    case 0x00: // the length of a message below 16 MiB
      if (about.contentType === FRAMES_TYPE || beginsFrame(start)) return 'frames';
      return start.length < FRAME_TELLING_BYTES && !about.ended ? undefined : 'page';
    case 0x3a: // : begins a comment of an event stream
      return 'events';
    case undefined:
    default: {
      const text = decodeUtf8(start.subarray(at, at + LONGEST_FIELD));
      if (FIELDS.some((field) => text.startsWith(field))) return 'events';
      if (FIELDS.some((field) => field.startsWith(text))) return about.ended ? (about.contentType === 'text/event-stream' ? 'events' : 'page') : undefined;
      return about.contentType?.endsWith('json') === true ? 'document' : 'page';
    }
  }
}
