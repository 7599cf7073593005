import type { Destination } from './destination.ts';

/** One request that is still to be made. */
export interface Parcel {
  readonly destination: Destination;
  /** OTLP, not compressed. */
  readonly body: Uint8Array;
}

/** What of one exporter may be pending when the process ends. */
export interface Pending {
  /** What is pending at this moment. Synchronous; asked for once, at the end. */
  parcels(): Parcel[];
}
