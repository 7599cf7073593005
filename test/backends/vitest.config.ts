import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    name: 'backends',
    include: ['src/**/*.test.ts'],
    globalSetup: ['src/global-setup.ts'],
    // Each of them is a process of its own.
    maxConcurrency: 3,
    // Every wait inside has its own, shorter bound and says what it waited for.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
export default config;
