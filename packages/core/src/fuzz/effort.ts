import { Session } from 'node:inspector';

/** What is counted: the product's own code. */
const COUNTED = /\/packages\/core\/src\/(?!fuzz\/)/;
/** Native functions whose work grows with what they are given. */
const NATIVE: readonly (readonly [owner: object, names: readonly string[]])[] = [
  [String.prototype, ['indexOf', 'lastIndexOf', 'includes', 'slice', 'replace', 'trim', 'trimStart', 'toLowerCase', 'split', 'search']],
  [Uint8Array.prototype, ['indexOf', 'lastIndexOf', 'set', 'slice']],
  [Buffer.prototype, ['indexOf', 'lastIndexOf', 'toString']],
  [TextDecoder.prototype, ['decode']],
  [TextEncoder.prototype, ['encode']],
  [RegExp.prototype, ['exec', 'test']],
  [JSON, ['parse']],
];

/** Native code works on whole texts and bytes; so many of them at a time cost about as much as one step of ours. */
const NATIVE_PER_STEP = 16;

/** The most that a native call may have looked at: where it says where it stopped, up to there. `from`: where a pattern that remembers began. */
function lookedAt(self: unknown, given: readonly unknown[], result: unknown, from: number): number {
  const length = lengthOf(self) ?? lengthOf(given[0]) ?? 0;
  if (self instanceof RegExp && (self.sticky || (self.global && result !== null))) return Math.max(1, self.lastIndex - from);
  if (typeof result === 'string' || result instanceof Uint8Array) return result.length;
  const start = typeof given[1] === 'number' ? given[1] : from;
  return typeof result === 'number' && result >= 0 ? Math.abs(result - start) : Math.max(0, length - start);
}

function lengthOf(value: unknown): number | undefined {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length : undefined;
}

/** Starting it makes all code slow, so it is started once and goes on to the end of the process. */
let session: Session | undefined;

function countedSteps(): number {
  if (session === undefined) {
    session = new Session();
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }
  let steps = 0;
  // Each time since the last time.
  session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
    for (const script of result) {
      if (!COUNTED.test(script.url)) continue;
      for (const { ranges } of script.functions) for (const { count } of ranges) steps += count;
    }
  });
  return steps;
}

/**
 * How much work a function does, as a number that is the same on every machine: how often the blocks of the product's own code run,
 * and how much text and how many bytes its calls into native code look at.
 */
export function effortOf(run: () => void): number {
  let native = 0;
  const restore: (() => void)[] = [];
  countedSteps();
  for (const [owner, names] of NATIVE) {
    for (const name of names) {
      const before = Object.getOwnPropertyDescriptor(owner, name);
      const original: unknown = before?.value;
      if (before === undefined || typeof original !== 'function') continue;
      const counted = function (this: unknown, ...given: unknown[]): unknown {
        const from = this instanceof RegExp ? this.lastIndex : 0;
        const result: unknown = Reflect.apply(original, this, given);
        native += lookedAt(this, given, result, from);
        return result;
      };
      Object.defineProperty(owner, name, { ...before, value: counted });
      restore.push(() => Object.defineProperty(owner, name, before));
    }
  }
  try {
    run();
  } finally {
    for (const undo of restore) undo();
  }
  return countedSteps() + native / NATIVE_PER_STEP;
}
