export { OllamaInstrumentation } from './instrumentation.ts';
export type { OllamaInstrumentationConfig } from './instrumentation.ts';
export { observe } from './observe.ts';
