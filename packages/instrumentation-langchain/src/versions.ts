import type { Sdk } from '@outspan/sdk-boundary';

/** LangChain's core, in which nothing that is patched can be reached by the package's name alone. */
export const CORE: Pick<Sdk, 'name' | 'tested' | 'filesOnly' | 'loadedBy'> = {
  name: '@langchain/core',
  tested: { from: '0.3.58', below: '2.0.0' },
  filesOnly: true,
  // Core 0.3 has no entry of its own.
  loadedBy: ['anthropic', 'aws', 'cohere', 'deepseek', 'google-genai', 'google-vertexai', 'groq', 'langgraph', 'mistralai', 'ollama', 'openai', 'xai'].map((name) => `@langchain/${name}/dist/index.cjs`),
};

/** The same for its graphs. */
export const LANGGRAPH: Pick<Sdk, 'name' | 'tested' | 'filesOnly'> = {
  name: '@langchain/langgraph',
  tested: { from: '0.3.0', below: '2.0.0' },
  filesOnly: true,
};
