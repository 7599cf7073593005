export { LangChainInstrumentation } from './instrumentation.ts';
export type { LangChainInstrumentationConfig } from './instrumentation.ts';
