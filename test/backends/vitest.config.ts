import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    name: 'backends',
    include: ['src/**/*.test.ts'],
    globalSetup: ['src/global-setup.ts'],
    // Every wait inside has its own, shorter bound and says what it waited for.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
export default config;
