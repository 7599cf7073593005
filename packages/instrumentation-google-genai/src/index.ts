export { GoogleGenAIInstrumentation } from './instrumentation.ts';
export type { GoogleGenAIInstrumentationConfig } from './instrumentation.ts';
export { observe } from './observe.ts';
