#!/usr/bin/env node
import { run } from './doctor/command.ts';

/** Not before there is something to say: an application may run with the same streams. */
function out(text: string): void {
  // `… doctor | head`: whoever reads has gone, so there is nobody to tell.
  process.stdout.on('error', () => undefined).write(`${text}\n`);
}

process.exitCode = await run(process.argv.slice(2), {
  out,
  err: (text) => process.stderr.write(`${text}\n`),
  folder: process.cwd(),
  environment: process.env,
  version: process.versions.node,
});
