/** LangChain's packages leave their core to the application; here two majors of it are at work beside each other. */
const CORE_OF = {
  '@langchain/anthropic@0.3.29': '0.3.58',
  '@langchain/anthropic@1.5.11': '1.4.0',
  '@langchain/google-genai@0.2.0': '0.3.58',
  '@langchain/google-genai@2.3.2': '1.4.0',
  '@langchain/openai@0.5.18': '0.3.58',
  '@langchain/openai@1.6.0': '1.4.0',
};

module.exports = {
  hooks: {
    readPackage(manifest) {
      const core = CORE_OF[`${manifest.name}@${manifest.version}`];
      if (core === undefined) return manifest;
      const { '@langchain/core': _, ...peerDependencies } = manifest.peerDependencies;
      return { ...manifest, peerDependencies, dependencies: { ...manifest.dependencies, '@langchain/core': core } };
    },
  },
};
