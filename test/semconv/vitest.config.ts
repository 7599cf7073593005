import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    name: 'semconv',
    include: ['src/**/*.test.ts'],
    // What is wrong is told in full.
    chaiConfig: { truncateThreshold: 0 },
    testTimeout: 60_000,
    // All calls of a mode are made before its first test.
    hookTimeout: 120_000,
  },
});
export default config;
