// Stands in for the platform: each line of standard input is an event, each line of standard output what the function returned.
import { createInterface } from 'node:readline';
import { handler } from './handler.mjs';

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await handler(JSON.parse(line))));
}
