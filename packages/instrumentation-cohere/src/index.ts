export { CohereInstrumentation } from './instrumentation.ts';
export type { CohereInstrumentationConfig } from './instrumentation.ts';
