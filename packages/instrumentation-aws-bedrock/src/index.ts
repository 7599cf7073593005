export { AwsBedrockInstrumentation } from './instrumentation.ts';
export type { AwsBedrockInstrumentationConfig } from './instrumentation.ts';
export { observe } from './observe.ts';
