import type { Sdk } from '@outspan/sdk-boundary';

/** LangChain's core, in which nothing that is patched can be reached by the package's name alone. */
export const CORE: Pick<Sdk, 'name' | 'tested' | 'filesOnly'> = {
  name: '@langchain/core',
  tested: { from: '0.3.58', below: '2.0.0' },
  filesOnly: true,
};

/** The same for its graphs. */
export const LANGGRAPH: Pick<Sdk, 'name' | 'tested' | 'filesOnly'> = {
  name: '@langchain/langgraph',
  tested: { from: '0.2.74', below: '2.0.0' },
  filesOnly: true,
};
