import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    name: 'beyond-node',
    include: ['src/**/*.test.ts'],
    globalSetup: ['src/global-setup.ts'],
    // Each test is a process or two, mostly waiting.
    maxConcurrency: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
export default config;
