/** The packages of every instrumentation, in the order in which they start. */
export const EVERY: readonly string[] = ['@outspan/instrumentation-undici', '@outspan/instrumentation-http', '@outspan/instrumentation-openai', '@outspan/instrumentation-langchain', '@outspan/instrumentation-mcp', '@outspan/instrumentation-google-genai', '@outspan/instrumentation-ai-sdk', '@outspan/instrumentation-cohere', '@outspan/instrumentation-ollama', '@outspan/instrumentation-mistral', '@outspan/instrumentation-openai-agents', '@outspan/instrumentation-aws-bedrock'];

/** Every instrumentation but one. */
export function everyBut(name: string): readonly string[] {
  return EVERY.filter((one) => one !== name);
}
