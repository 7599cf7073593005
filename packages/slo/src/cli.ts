#!/usr/bin/env node
import { run } from './cli/run.ts';

// `… explain | head`: whoever reads has gone, so there is nobody to tell.
process.stdout.on('error', () => undefined);
process.exitCode = await run(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  cwd: process.cwd(),
});
