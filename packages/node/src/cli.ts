#!/usr/bin/env node
import { run } from './doctor/command.ts';

// `… doctor | head`: whoever reads has gone, so there is nobody to tell.
process.stdout.on('error', () => undefined);
process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  folder: process.cwd(),
  environment: process.env,
  version: process.versions.node,
});
