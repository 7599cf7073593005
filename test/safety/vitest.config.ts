import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    name: 'safety',
    include: ['src/**/*.test.ts'],
    // What is wrong is told in full.
    chaiConfig: { truncateThreshold: 0 },
    // Packages are packed, and imported by processes of their own.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
export default config;
