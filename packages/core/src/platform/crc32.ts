import type * as zlibTypes from 'node:zlib';

/** CRC-32 as zlib and AWS event streams have it. Node's own is native; where there is none, a table does. */
export function crc32(bytes: Uint8Array, before = 0): number {
  native ??= globalThis.process?.getBuiltinModule?.('node:zlib')?.crc32 ?? byTable;
  return native(bytes, before);
}

let native: ((bytes: Uint8Array, before: number) => number) | typeof zlibTypes.crc32 | undefined;

let table: Uint32Array | undefined;

function byTable(bytes: Uint8Array, before: number): number {
  table ??= makeTable();
  let crc = ~before;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
}
