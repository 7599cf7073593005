import { Console } from 'node:console';

// A Console swallows a closed pipe; a bare `process.stderr.write` would raise an `error` event in the application.
let stderr: Console | undefined;

/** Writes one line (or a block of lines) to standard error. Never throws, never writes to standard output. */
export function writeStderr(text: string): void {
  stderr ??= new Console({ stdout: process.stderr, stderr: process.stderr, ignoreErrors: true });
  stderr.log('%s', text);
}
