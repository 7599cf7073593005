export { McpInstrumentation } from './instrumentation.ts';
export type { McpInstrumentationConfig } from './instrumentation.ts';
