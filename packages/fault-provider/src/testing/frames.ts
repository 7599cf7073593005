import { crc32 } from 'node:zlib';

/** A message of a binary event stream. */
export interface Message {
  readonly headers: ReadonlyMap<string, string>;
  readonly payload: string;
  /** Both checksums hold. */
  readonly holds: boolean;
}

/** Takes a binary event stream apart. */
export function messagesOf(bytes: Buffer): { readonly messages: readonly Message[]; readonly rest: number } {
  const messages: Message[] = [];
  let at = 0;
  while (bytes.length - at >= 16 && bytes.length - at >= bytes.readUInt32BE(at)) {
    const end = at + bytes.readUInt32BE(at);
    const payload = at + 12 + bytes.readUInt32BE(at + 4);
    const headers = new Map<string, string>();
    for (let h = at + 12; h < payload; ) {
      const value = h + 1 + bytes.readUInt8(h) + 3;
      const next = value + bytes.readUInt16BE(value - 2);
      headers.set(bytes.toString('utf8', h + 1, value - 3), bytes.toString('utf8', value, next));
      h = next;
    }
    const holds = crc32(bytes.subarray(at, at + 8)) === bytes.readUInt32BE(at + 8) && crc32(bytes.subarray(at, end - 4)) === bytes.readUInt32BE(end - 4);
    messages.push({ headers, payload: bytes.toString('utf8', payload, end - 4), holds });
    at = end;
  }
  return { messages, rest: bytes.length - at };
}
