import type { PackagePlace } from './package-of.ts';
import type { Format, ProbeRecord, Registration } from './record.ts';

type Say = (...args: readonly unknown[]) => unknown;

function isSay(value: unknown): value is Say {
  return typeof value === 'function';
}

/** What `registerGlobal` of the API says, to the logger that nobody may have set. */
const REGISTERED = /Registered a global for (\w+) v/;
const TAKEN = /Attempted duplicate registration of API: (\w+)/;
const OTHER_VERSION = /Registration of version v\S+ for (\w+) does not match/;

/** The file that a line of a stack is in, with its line. */
function placeIn(line: string): string | undefined {
  return /\(?((?:file:\/\/)?\/[^()]+?:\d+|[A-Za-z]:\\[^()]+?:\d+):\d+\)?$/.exec(line)?.[1]?.replace(/^file:\/\//, '');
}

/** Who asked for a registration, by the stack: the first line that is not of OpenTelemetry, or else not of its API. */
function callerIn(stack: string): string | undefined {
  const lines = stack.split('\n').filter((line) => /^\s+at /.test(line) && !line.includes('node:'));
  const outside = [/\/@opentelemetry\//, /\/@opentelemetry\/api\//].map((pattern) => lines.find((line) => !pattern.test(line))).find((line) => line !== undefined);
  return outside === undefined ? undefined : placeIn(outside);
}

function registrationIn(text: string, place: PackagePlace, format: Format): Registration | undefined {
  const [patterns, at] = [[REGISTERED, TAKEN, OTHER_VERSION], { folder: place.folder, format }];
  const [taken, refusedTaken, refusedVersion] = patterns.map((pattern) => pattern.exec(text)?.[1]);
  if (taken !== undefined) return { of: taken, ...at, refused: undefined, from: undefined };
  if (refusedTaken !== undefined) return { of: refusedTaken, ...at, refused: 'taken', from: callerIn(text) };
  return refusedVersion === undefined ? undefined : { of: refusedVersion, ...at, refused: 'version', from: callerIn(text) };
}

function textOf(args: readonly unknown[]): string {
  return args.map((arg) => (arg instanceof Error ? arg.message : typeof arg === 'string' ? arg : '')).join(' ').trim();
}

/** Loggers and APIs that are listened to. */
const heard = new WeakSet<object>();
const LEVELS = ['error', 'warn', 'debug'] as const;

/** Whether a message passes through a logger that is called by another one. */
let inside = false;

/** Listens to what goes through an object's methods, which go on as they were. */
function listen(target: object, hear: (level: (typeof LEVELS)[number], args: readonly unknown[]) => void): void {
  if (heard.has(target)) return;
  heard.add(target);
  for (const level of LEVELS) {
    const say: unknown = Reflect.get(target, level);
    if (!isSay(say)) continue;
    Reflect.set(target, level, function (this: unknown, ...args: readonly unknown[]): unknown {
      const outermost = !inside;
      inside = true;
      try {
        if (outermost) hear(level, args);
        return Reflect.apply(say, this, args);
      } finally {
        if (outermost) inside = false;
      }
    });
  }
}

const REGISTRY = Symbol.for('opentelemetry.js.api.1');

function registeredLogger(): unknown {
  const registry: unknown = Reflect.get(globalThis, REGISTRY);
  return typeof registry === 'object' && registry !== null ? Reflect.get(registry, 'diag') : undefined;
}

/**
 * Listens to the diagnostics of a copy of OpenTelemetry's API: registrations, refusals, warnings and errors, whether or not a
 * logger is set. Outspan's own messages come through its inspector.
 */
export function listenToApi(place: PackagePlace, format: Format, exports: unknown, told: (record: ProbeRecord) => void): void {
  const diag: unknown = typeof exports === 'object' && exports !== null ? Reflect.get(exports, 'diag') : undefined;
  if (typeof diag !== 'object' || diag === null || heard.has(diag)) return;
  const hear = (level: (typeof LEVELS)[number], args: readonly unknown[]): void => {
    const text = textOf(args);
    const registration = registrationIn(text, place, format);
    if (registration !== undefined) told({ kind: 'registration', ...registration });
    else if (level !== 'debug' && args[0] !== 'outspan') told({ kind: 'opentelemetry', level, text: text.split('\n', 1).join('') });
  };
  listen(diag, hear);
  const hearLogger = (): void => {
    const logger = registeredLogger();
    if (typeof logger === 'object' && logger !== null) listen(logger, hear);
  };
  hearLogger();
  const setLogger: unknown = Reflect.get(diag, 'setLogger');
  if (!isSay(setLogger)) return;
  Reflect.set(diag, 'setLogger', function (this: unknown, ...args: readonly unknown[]): unknown {
    const result = Reflect.apply(setLogger, this, args);
    hearLogger();
    return result;
  });
}
