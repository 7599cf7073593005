// Calls in this thread and in two workers at once. `WORKER_ARGV` is what the workers are given in place of this process's own arguments.
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import OpenAI from 'openai';
import { baseUrl, makeCalls } from './calls.cjs';

const own = process.env.WORKER_ARGV;
if (isMainThread) {
  for (const party of [1, 2]) {
    const worker = new Worker(new URL(import.meta.url), { workerData: party, ...(own !== undefined && { execArgv: own === '' ? [] : own.split(' ') }) });
    worker.on('error', (error) => console.log(`a worker failed: ${error.message}`));
  }
}
await makeCalls(OpenAI, baseUrl(isMainThread ? 0 : workerData));
