import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    name: 'contract',
    include: ['src/**/*.test.ts'],
    // One variant's processes; each process has its own, shorter bound.
    hookTimeout: 3_000_000,
    testTimeout: 60_000,
  },
});
export default config;
