/** What is measured, and how much of it makes one cell. */

/** How the server sends a stream; the request asks for it by the model's name. */
export const MODELS = {
  /** One event a write, as tokens come. */
  paced: 'gpt-4o-mini',
  /** Ten events a write: fewer reads for the same chunks, so that what watches chunks weighs most. */
  bursts: 'gpt-4o-mini-bursts',
  /** A stream that goes on only when told to. */
  gated: 'gpt-4o-mini-gated',
} as const;

/** How CPU time per operation is taken. */
export interface CpuWorkload {
  readonly kind: 'cpu';
  readonly title: string;
  /** What the calls are made with; absent: the SDK. */
  readonly client?: 'node:http';
  /** Events of its stream; 0: it is unary. */
  readonly events: number;
  readonly model: string;
  /** Characters of the request's messages. */
  readonly messages: number;
  readonly inFlight: number;
  /** Calls made before: the CPU of a unary call, bare as well, falls for the first ten thousand. */
  readonly warmup: number;
  /** Short streams made before those of a stream, so that a call's beginning and end are as warm. */
  readonly shortWarmup?: number;
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
export type WorkloadId = 'unary-1k' | 'unary-100k' | 'stream-500' | 'bursts-500' | 'http-unary-1k' | 'http-stream-500' | 'stream-10m' | 'idle-streams';

const MB = 1_000_000;

const UNARY = { kind: 'cpu', events: 0, model: MODELS.paced, inFlight: 8 } as const;
const STREAM = { kind: 'cpu', events: 500, messages: 1_000, inFlight: 10, shortWarmup: 2_000 } as const;

export const WORKLOADS: Readonly<Record<WorkloadId, Workload>> = {
  'unary-1k': { ...UNARY, title: 'unary chat, 1 KB of messages', messages: 1_000, warmup: 10_000, operations: 3_000 },
  'unary-100k': { ...UNARY, title: 'unary chat, 100 KB of messages', messages: 100_000, warmup: 2_000, operations: 1_000 },
  'stream-500': { ...STREAM, title: 'stream of 500 events, one a write', model: MODELS.paced, warmup: 40, operations: 100 },
  'bursts-500': { ...STREAM, title: 'stream of 500 events, ten a write', model: MODELS.bursts, warmup: 60, operations: 160 },
  'http-unary-1k': { ...UNARY, title: 'unary chat over node:http, 1 KB of messages', client: 'node:http', messages: 1_000, warmup: 10_000, operations: 3_000 },
  'http-stream-500': { ...STREAM, title: 'stream of 500 events over node:http, one a write', client: 'node:http', model: MODELS.paced, warmup: 40, operations: 200 },
  'stream-10m': { kind: 'memory', title: 'open streams of 10 MB', streams: 8, checkpoints: [0.5 * MB, 1 * MB, 2.5 * MB, 5 * MB, 10 * MB] },
  'idle-streams': { kind: 'memory', title: '500 idle open streams', streams: 500, checkpoints: [3_000] },
};

/** The same workload, smaller: for a look, not for figures. */
export function quick(workload: Workload): Workload {
  if (workload.kind === 'memory') return workload;
  return { ...workload, warmup: Math.ceil(workload.warmup / 4), operations: Math.ceil(workload.operations / 4) };
}
