import { fileURLToPath } from 'node:url';

// Where node_modules is: two folders above.
const root = fileURLToPath(new URL('../..', import.meta.url));

export default {
  output: 'standalone',
  distDir: `.next-${process.env.NEXT_PUBLIC_TELEMETRY}`,
  outputFileTracingRoot: root,
  turbopack: { root },
  serverExternalPackages: ['openai', '@outspan/node', '@opentelemetry/sdk-node'],
};
