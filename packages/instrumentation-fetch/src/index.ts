export { flush } from './flush.ts';
export type { FlushOptions } from './flush.ts';
export { FetchInstrumentation } from './instrumentation.ts';
export type { FetchInstrumentationConfig } from './instrumentation.ts';
export { traceFetch } from './trace-fetch.ts';
