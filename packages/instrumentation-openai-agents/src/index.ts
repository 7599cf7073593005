export { OpenAIAgentsInstrumentation } from './instrumentation.ts';
export type { OpenAIAgentsInstrumentationConfig } from './instrumentation.ts';
