export { OpenAIInstrumentation } from './instrumentation.ts';
export type { OpenAIInstrumentationConfig } from './instrumentation.ts';
export type { FamilyMember } from './family.ts';
export { observe } from './observe.ts';
