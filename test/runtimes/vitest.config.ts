import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    name: 'runtimes',
    include: ['src/**/*.test.ts'],
    globalSetup: ['src/built.ts'],
    // Each is two processes or more, mostly waiting for a retry.
    maxConcurrency: 4,
    // Each process has its own, shorter bound.
    testTimeout: 150_000,
    hookTimeout: 60_000,
  },
});
export default config;
