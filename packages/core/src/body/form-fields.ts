import { decodeUtf8 } from '../platform/bytes.ts';

/** No head of a part, and no value of a field that is wanted, is longer; in characters. */
const LONGEST = 1_024;
const DASH = 0x2d;
const LINE_END = '\r\n';
const HEAD_END = '\r\n\r\n';

/** Whether a body is a form (`multipart/form-data`): it begins with its boundary. */
export function isForm(body: Uint8Array): boolean {
  return body[0] === DASH && body[1] === DASH;
}

/**
 * Reads text fields of a form's beginning. A field that stands behind more bytes than were seen, as behind a large file, is not found.
 *
 * @param body its first bytes, with the boundary that they begin with
 */
export function readFormFields(body: Uint8Array, wanted: ReadonlySet<string>): Readonly<Record<string, string>> {
  const text = decodeUtf8(body);
  const boundary = text.slice(0, text.indexOf(LINE_END));
  const fields: Record<string, string> = {};
  // A boundary has at most seventy characters.
  if (boundary.length < 3 || boundary.length > 80) return fields;
  for (let at = 0; ; ) {
    const begin = text.indexOf(HEAD_END, at);
    if (begin < 0 || begin - at > LONGEST) return fields;
    const end = text.indexOf(LINE_END + boundary, begin + LINE_END.length);
    if (end < 0) return fields;
    const head = text.slice(at, begin);
    const name = /\bname="([^"]*)"/.exec(head)?.[1];
    const value = text.slice(begin + HEAD_END.length, Math.min(end, begin + HEAD_END.length + LONGEST));
    if (name !== undefined && wanted.has(name) && !head.includes('filename')) fields[name] = value;
    at = end + LINE_END.length + boundary.length;
  }
}
