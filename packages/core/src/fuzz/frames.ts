import { crc32 } from 'node:zlib';
import { encodeUtf8 } from '../platform/bytes.ts';

const TEXT = 7;
const BYTES = 6;

function header(name: string, type: number, value: Uint8Array): Uint8Array {
  return Uint8Array.of(name.length, ...encodeUtf8(name), type, value.length >> 8, value.length & 0xff, ...value);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A message of a binary event stream. @param more also headers that say nothing */
export function frame(type: string, payload: string, more: boolean): Uint8Array {
  const headers = Buffer.concat([...(more ? [header(':date', BYTES, Uint8Array.of(0, 1, 2))] : []), header(':event-type', TEXT, encodeUtf8(type)), header(':message-type', TEXT, encodeUtf8('event'))]);
  const body = encodeUtf8(payload);
  const lengths = Buffer.concat([uint32(16 + headers.length + body.length), uint32(headers.length)]);
  const signed = Buffer.concat([lengths, uint32(crc32(lengths)), headers, body]);
  return Buffer.concat([signed, uint32(crc32(signed))]);
}
