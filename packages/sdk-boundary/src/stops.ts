import type { Phase } from '@outspan/core';
import { isDeadline } from './ending.ts';
import { isSignal } from './shape.ts';
import type { SignalLike } from './shape.ts';

/** What the SDK's own timer covers: up to the head of an answer and whole bodies that it reads itself, or its streams as well; `none`: it has no timer. */
export type TimerScope = 'whole_answers' | 'streams_too' | 'none';

/** Who can stop a call: its caller by a signal, the SDK by a timer. On the wire both look the same. */
export class Stops {
  readonly #signals = new Set<SignalLike>();
  readonly #timer: TimerScope;
  /** Bodies that the SDK is reading whole, with its timer running. */
  reading = 0;
  /** The caller broke off the reading of a stream. */
  left = false;

  constructor(signal: SignalLike | undefined, timer: TimerScope = 'whole_answers') {
    this.add(signal);
    this.#timer = timer;
  }

  /** Whether the SDK can stop a call by itself. */
  get timed(): boolean {
    return this.#timer !== 'none';
  }

  /** A signal that the caller gave, if it is one. */
  add(signal: unknown): void {
    if (isSignal(signal)) this.#signals.add(signal);
  }

  /** The caller's signal that has fired, if one has. */
  aborted(): SignalLike | undefined {
    for (const signal of this.#signals) if (signal.aborted) return signal;
    return undefined;
  }

  /** Whose an abort is that ended an exchange in `phase`. */
  interpret(phase: Phase): 'caller' | 'deadline' {
    const signal = this.aborted();
    if (signal !== undefined) return isDeadline(signal) ? 'deadline' : 'caller';
    if (this.left || !this.timed) return 'caller';
    // Before the head, only the SDK's own timer is left. In a body it has one while it reads the whole of it itself.
    return phase !== 'body' || this.reading > 0 || this.#timer === 'streams_too' ? 'deadline' : 'caller';
  }
}
