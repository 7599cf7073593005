export { CohereInstrumentation } from './instrumentation.ts';
export type { CohereInstrumentationConfig } from './instrumentation.ts';
export { observe } from './observe.ts';
