/**
 * Bytes to text and search in bytes. Node's Buffer does both several times faster than the standard's means
 * (its search is memchr, its decoding needs no decoder object), so it is used where it exists.
 */

const NativeBuffer: typeof Buffer | undefined = globalThis.Buffer;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** The same memory, as whatever searches fastest here. Never copies. */
export function searchable(bytes: Uint8Array): Uint8Array {
  if (NativeBuffer === undefined || bytes instanceof NativeBuffer) return bytes;
  return NativeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Decodes UTF-8; what is not UTF-8 becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  if (NativeBuffer !== undefined && bytes instanceof NativeBuffer) return bytes.toString('utf8', start, end);
  return decoder.decode(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
}

/** Encodes as UTF-8. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Decodes base64; what is none becomes nothing. */
export function decodeBase64(text: string): Uint8Array {
  if (NativeBuffer !== undefined) return NativeBuffer.from(text, 'base64');
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array(0);
  }
}
