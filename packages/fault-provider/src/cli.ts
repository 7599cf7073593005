#!/usr/bin/env node
import { run } from './cli/run.ts';

const stop = new AbortController();
// `… --list | head`: whoever reads has gone, so there is nobody to tell.
process.stdout.on('error', () => stop.abort());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
process.exitCode = await run(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  stop: stop.signal,
});
