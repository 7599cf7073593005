import { defineConfig } from 'vitest/config';
import { sources } from './vitest.sources.ts';

/** `unit` runs on the sources; every other project runs on the built packages, as users get them. */
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: sources },
        test: { name: 'unit', include: ['packages/*/src/**/*.test.ts'] },
      },
      {
        test: { name: 'packages', include: ['packages/*/test/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
      },
      'test/*/vitest.config.ts',
    ],
  },
});
