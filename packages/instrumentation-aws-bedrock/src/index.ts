export { AwsBedrockInstrumentation } from './instrumentation.ts';
export type { AwsBedrockInstrumentationConfig } from './instrumentation.ts';
