import type * as NodeConsole from 'node:console';

/** The lines that are to be written once. */
const WRITTEN = Symbol.for('outspan.lines-written');
/** Lines that are remembered as written. */
const MAX_WRITTEN = 256;

let own: Console | undefined;

/**
 * Writes a line, or a block of lines, to standard error. Never throws, never writes to standard output. Where the runtime has
 * no standard error, the console's `warn` gets it.
 */
export function writeStderr(text: string): void {
  const { process } = globalThis;
  const stderr = process?.stderr;
  const module: typeof NodeConsole | undefined = process?.getBuiltinModule?.('node:console');
  // A Console swallows a closed pipe; a bare `process.stderr.write` would raise an `error` event in the application.
  if (own === undefined && stderr !== undefined && module !== undefined) own = new module.Console({ stdout: stderr, stderr, ignoreErrors: true });
  if (own !== undefined) own.log('%s', text);
  // oxlint-disable-next-line no-console
  else globalThis.console.warn(text);
}

/** As {@link writeStderr}, but not what was written in this way before, by any copy of this package. */
export function writeStderrOnce(text: string): void {
  const written = linesWritten();
  if (written.has(text) || written.size >= MAX_WRITTEN) return;
  written.add(text);
  writeStderr(text);
}

/** On the stream itself, which test files of Jest share, while each of them has a global object of its own. */
function linesWritten(): Set<string> {
  const shared = globalThis.process?.stderr ?? globalThis;
  const known: unknown = Reflect.get(shared, WRITTEN);
  if (isSetOfAnyRealm(known)) return known;
  const lines = new Set<string>();
  Reflect.defineProperty(shared, WRITTEN, { value: lines });
  return lines;
}

function isSetOfAnyRealm(value: unknown): value is Set<string> {
  return typeof value === 'object' && value !== null && 'has' in value && 'add' in value;
}
