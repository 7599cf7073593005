export { HttpInstrumentation } from './instrumentation.ts';
export type { HttpInstrumentationConfig } from './instrumentation.ts';
