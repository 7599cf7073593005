import { crc32 } from 'node:zlib';
import { utf8 } from './reply.ts';
import type { WireEvent } from './sse.ts';

/** The media type of AWS's binary event streams. */
export const FRAMES_TYPE = 'application/vnd.amazon.eventstream';

const TEXT_HEADER = 7;

function header(name: string, value: string): Uint8Array {
  const [key, text] = [utf8(name), utf8(value)];
  return Uint8Array.of(key.length, ...key, TEXT_HEADER, text.length >> 8, text.length & 0xff, ...text);
}

function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

/** The event as a message of a binary event stream: prelude, headers, payload, each with its checksum. */
export function frame({ name = 'chunk', data, exception }: WireEvent): Uint8Array {
  const said = exception === undefined ? [header(':event-type', name), header(':message-type', 'event')] : [header(':exception-type', exception), header(':message-type', 'exception')];
  const headers = Buffer.concat([header(':content-type', 'application/json'), ...said]);
  const payload = utf8(data);
  const lengths = Buffer.concat([uint32(16 + headers.length + payload.length), uint32(headers.length)]);
  const unsigned = Buffer.concat([lengths, uint32(crc32(lengths)), headers, payload]);
  return Buffer.concat([unsigned, uint32(crc32(unsigned))]);
}
