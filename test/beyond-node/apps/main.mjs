import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { run } from './run.mjs';

const unhandled = [];
process.on('unhandledRejection', (error) => unhandled.push(String(error)));
const result = await run(JSON.parse(process.env.TASK), AsyncLocalStorageContextManager);
await new Promise((resolve) => setTimeout(resolve, 50));
console.log(JSON.stringify({ result, unhandled }));
