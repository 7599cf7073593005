import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    name: 'secrets',
    include: ['src/**/*.test.ts'],
    // All processes of a setting run before its first test; each has its own, shorter bound.
    hookTimeout: 1_800_000,
    testTimeout: 60_000,
  },
});
export default config;
