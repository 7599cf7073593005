export { MistralInstrumentation } from './instrumentation.ts';
export type { MistralInstrumentationConfig } from './instrumentation.ts';
export { observe } from './observe.ts';
