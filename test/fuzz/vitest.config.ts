import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    name: 'fuzz',
    include: ['src/**/*.test.ts'],
    testTimeout: 60_000,
    // Two processes make all calls before the first test.
    hookTimeout: 3_600_000,
  },
});
export default config;
