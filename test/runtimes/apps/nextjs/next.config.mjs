export default {
  serverExternalPackages: ['@opentelemetry/sdk-node', '@outspan/node', ...(process.env.SDK_EXTERNAL ? ['openai'] : [])],
  // The packages of the workspace are above.
  turbopack: { root: process.env.WORKSPACE },
};
