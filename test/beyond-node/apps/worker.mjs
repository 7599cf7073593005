import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { run } from './run.mjs';

const unhandled = [];
addEventListener('unhandledrejection', (event) => unhandled.push(String(event.reason)));

export default {
  async fetch(request) {
    const result = await run(await request.json(), AsyncLocalStorageContextManager);
    return Response.json({ result, unhandled });
  },
};
