import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    name: 'soak',
    include: ['src/**/*.test.ts'],
    testTimeout: 60_000,
    // All of the load is over before its first test.
    hookTimeout: 180_000,
  },
});
export default config;
