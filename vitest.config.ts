import { defineConfig } from 'vitest/config';
import { sources } from './vitest.sources.ts';

/** `unit` runs on the sources; every other project runs on the built packages, as users get them. */
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: sources },
        // Far beyond what any takes: a machine may be busy.
        test: { name: 'unit', include: ['packages/*/src/**/*.test.ts'], testTimeout: 30_000 },
      },
      {
        test: { name: 'packages', include: ['packages/*/test/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
      },
      'test/*/vitest.config.ts',
    ],
  },
});
