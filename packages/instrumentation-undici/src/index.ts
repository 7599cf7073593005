export { UndiciInstrumentation } from './instrumentation.ts';
export type { UndiciInstrumentationConfig } from './instrumentation.ts';
