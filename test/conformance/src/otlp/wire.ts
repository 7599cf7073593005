/** The values of one protobuf message by field number. Fixed 32-bit fields are skipped: nothing here reads one. */
export type Fields = ReadonlyMap<number, readonly (bigint | Uint8Array)[]>;

/**
 * Reads one message of the protobuf wire format (https://protobuf.dev/programming-guides/encoding/).
 *
 * @throws RangeError when the bytes are no such message
 */
export function readFields(bytes: Uint8Array): Fields {
  const fields = new Map<number, (bigint | Uint8Array)[]>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const values = fields.get(tag >>> 3) ?? [];
    fields.set(tag >>> 3, values);
    switch (tag & 7) {
      case 0:
        values.push(varint());
        break;
      case 1:
        values.push(view.getBigUint64(at, true));
        at += 8;
        break;
      case 2: {
        const length = Number(varint());
        if (at + length > bytes.length) throw new RangeError('a field ends behind its message');
        values.push(bytes.subarray(at, at + length));
        at += length;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        throw new RangeError(`no wire type ${tag & 7}`);
    }
  }
  return fields;
}

/** The messages in a field. */
export function messages(fields: Fields, field: number): Fields[] {
  return (fields.get(field) ?? []).filter((value) => value instanceof Uint8Array).map(readFields);
}

/** The last text in a field; empty where there is none. */
export function text(fields: Fields, field: number): string {
  const value = fields.get(field)?.at(-1);
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : '';
}

/** The last number in a field of a varint or fixed 64-bit type. */
export function number(fields: Fields, field: number): bigint | undefined {
  const value = fields.get(field)?.at(-1);
  return typeof value === 'bigint' ? value : undefined;
}

/** The last bytes in a field as hexadecimal digits. */
export function hex(fields: Fields, field: number): string {
  const value = fields.get(field)?.at(-1);
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : '';
}
