/** How much load, and for how long. */
export interface Plan {
  readonly minutes: number;
  /** Seconds between two looks at the process. */
  readonly sampleEvery: number;
  /** Streams that are read at every moment, by as many readers. */
  readonly streams: number;
  /** Events of such a stream, and the milliseconds between them. */
  readonly streamEvents: number;
  readonly streamPause: number;
  /** Streams that are open from the beginning to the end and bring an event now and then. */
  readonly idle: number;
  /** Milliseconds between the events of an idle stream. */
  readonly idlePause: number;
  /** Callers that go through everything a caller can do to a call, and everything that can befall one. */
  readonly misusers: number;
  /** Milliseconds between two calls of one of them. */
  readonly misuserPause: number;
  /** Whether a heap snapshot is also taken in the middle of the load. It stops the process for as long as it takes. */
  readonly snapshotUnderLoad: boolean;
}

/** The long form: as many streams as the open files of one process allow with room to spare. */
export function longPlan(minutes: number): Plan {
  return {
    minutes,
    sampleEvery: Math.max(5, Math.min(20, (minutes * 60) / 40)),
    streams: 1_000,
    streamEvents: 8,
    streamPause: 2_500,
    idle: 10_000,
    idlePause: 60_000,
    misusers: 20,
    misuserPause: 400,
    snapshotUnderLoad: false,
  };
}

/** The short form: the same things, fewer of them. */
export const SHORT_PLAN: Plan = {
  minutes: 0.2,
  sampleEvery: 1.5,
  streams: 50,
  streamEvents: 8,
  streamPause: 100,
  idle: 200,
  idlePause: 5_000,
  misusers: 12,
  misuserPause: 20,
  snapshotUnderLoad: true,
};
