/** What is measured, and how much of it makes one cell. */

/** The events of a measured stream, its end mark included. */
export const EVENTS = 500;
/** Asks the server for a stream that goes on only when told to. */
export const GATED_MODEL = 'gpt-4o-mini-gated';

/** How CPU time per operation is taken. */
export interface CpuWorkload {
  readonly kind: 'cpu';
  readonly title: string;
  readonly call: 'unary' | 'stream';
  /** Characters of the request's messages. */
  readonly messages: number;
  readonly inFlight: number;
  /** Until V8 has settled: the CPU of a unary call, bare as well, falls for the first ten thousand. */
  readonly warmup: number;
  readonly operations: number;
}

/** How memory per open stream is taken. */
export interface MemoryWorkload {
  readonly kind: 'memory';
  readonly title: string;
  /** Streams that are open at once; the figures are per stream. */
  readonly streams: number;
  /** Bytes that each stream has brought when memory is looked at. */
  readonly checkpoints: readonly number[];
}

export type Workload = CpuWorkload | MemoryWorkload;
export type WorkloadId = 'unary-1k' | 'unary-100k' | 'stream-500' | 'stream-10m' | 'idle-streams';

const MB = 1_000_000;

export const WORKLOADS: Readonly<Record<WorkloadId, Workload>> = {
  'unary-1k': { kind: 'cpu', title: 'unary chat, 1 KB of messages', call: 'unary', messages: 1_000, inFlight: 8, warmup: 12_000, operations: 4_000 },
  'unary-100k': { kind: 'cpu', title: 'unary chat, 100 KB of messages', call: 'unary', messages: 100_000, inFlight: 8, warmup: 3_000, operations: 1_500 },
  'stream-500': { kind: 'cpu', title: `stream of ${EVENTS} events`, call: 'stream', messages: 1_000, inFlight: 16, warmup: 240, operations: 320 },
  'stream-10m': { kind: 'memory', title: 'open streams of 10 MB', streams: 8, checkpoints: [0.5 * MB, 1 * MB, 2.5 * MB, 5 * MB, 10 * MB] },
  'idle-streams': { kind: 'memory', title: '500 idle open streams', streams: 500, checkpoints: [3_000] },
};

/** The same workload, smaller: for a look, not for figures. */
export function quick(workload: Workload): Workload {
  if (workload.kind === 'memory') return workload;
  return { ...workload, warmup: Math.ceil(workload.warmup / 4), operations: Math.ceil(workload.operations / 4) };
}
