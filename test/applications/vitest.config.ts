import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    name: 'applications',
    include: ['src/**/*.test.ts'],
    globalSetup: ['src/global-setup.ts'],
    // Each is two processes, mostly starting.
    maxConcurrency: 3,
    // The first test of a tree installs it, which may take minutes on an empty cache. Each process has its own, shorter bound.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    // What differs is shown in full.
    chaiConfig: { truncateThreshold: 0 },
  },
});
export default config;
