const MAGIC = 0xfd2fb528;
/** Sixteen magic numbers of frames to be skipped differ in their last four bits only. */
const SKIPPABLE = 0x184d2a50;
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;
const RLE_BLOCK = 1;

/**
 * Whether bytes are whole zstd frames (RFC 8878), by their headers alone: Node 22 takes a cut frame without a word
 * (measured on 22.23; later versions fail with `Z_BUF_ERROR`).
 */
export function areWholeZstdFrames(input: Uint8Array): boolean {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  let at = 0;
  while (at < input.length) {
    const end = endOfFrame(view, at);
    if (end === undefined || end > input.length) return false;
    at = end;
  }
  return input.length > 0;
}

function endOfFrame(view: DataView, start: number): number | undefined {
  if (start + 8 > view.byteLength) return undefined;
  const magic = view.getUint32(start, true);
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) return start + 8 + view.getUint32(start + 4, true);
  if (magic !== MAGIC) return undefined;
  const descriptor = view.getUint8(start + 4);
  const singleSegment = (descriptor & 0x20) !== 0;
  const contentSize = descriptor >> 6 === 0 && singleSegment ? 1 : (CONTENT_SIZE_BYTES[descriptor >> 6] ?? 0);
  let at = start + 5 + (singleSegment ? 0 : 1) + (DICTIONARY_BYTES[descriptor & 3] ?? 0) + contentSize;
  for (;;) {
    if (at + 3 > view.byteLength) return undefined;
    const header = view.getUint8(at) | (view.getUint8(at + 1) << 8) | (view.getUint8(at + 2) << 16);
    at += 3 + (((header >> 1) & 3) === RLE_BLOCK ? 1 : header >> 3);
    if ((header & 1) !== 0) return at + ((descriptor & 4) !== 0 ? 4 : 0);
  }
}
