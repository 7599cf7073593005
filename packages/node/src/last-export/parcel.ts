import type { Destination } from './destination.ts';
import { method, reach } from './reach.ts';

/** One request that is still to be made. */
export interface Parcel {
  readonly destination: Destination;
  /** OTLP, not compressed. */
  readonly body: Uint8Array;
}

/** What of one exporter may be pending when the process ends. */
export interface Pending {
  /** What is pending at this moment, each made when it is asked for. Called once, at the end. */
  parcels(): Iterable<Parcel>;
}

/** `{`: protobuf begins with the tag of its first field. */
const OPENING_BRACE = 0x7b;

/** The request that carries `body` to where an exporter sends. */
export function parcelOf(body: Uint8Array, destination: Destination): Parcel {
  const type = body[0] === OPENING_BRACE ? 'application/json' : 'application/x-protobuf';
  return { destination: destination.protocol === 'grpc' ? destination : { ...destination, headers: { 'Content-Type': type, ...destination.headers } }, body };
}

/** What an OTLP exporter would send of `items`, in its own encoding; `undefined` where there is nothing in them. */
export function serialised(exporter: unknown, items: unknown): Uint8Array | undefined {
  const body = method(reach(exporter, '_delegate', '_serializer'), 'serializeRequest')?.(items);
  return body instanceof Uint8Array && body.byteLength > 0 ? body : undefined;
}

/** The request that an OTLP exporter would make of `items`; none where there is nothing in them. */
export function pack(exporter: unknown, items: unknown, destination: Destination): Parcel[] {
  const body = serialised(exporter, items);
  return body === undefined ? [] : [parcelOf(body, destination)];
}
