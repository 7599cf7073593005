import type { TestProject } from 'vitest/node';
import { build, GoMissing } from '../build.mjs';

/** The servers' binaries by name, or why there are none. */
export type Backends = { readonly kind: 'built'; readonly collector: string; readonly jaeger: string } | { readonly kind: 'missing'; readonly reason: string };

declare module 'vitest' {
  export interface ProvidedContext {
    backends: Backends;
  }
}

/**
 * Builds what is missing before the first test. Without Go and without binaries the tests are skipped, and say so;
 * with `OUTSPAN_REQUIRE_BACKENDS=1` that is a failure.
 */
export default async function setup(project: TestProject): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`[backends] ${line}\n`);
  try {
    project.provide('backends', { kind: 'built', collector: await build('collector', say), jaeger: await build('jaeger', say) });
  } catch (error) {
    if (!(error instanceof GoMissing) || process.env['OUTSPAN_REQUIRE_BACKENDS'] === '1') throw error;
    say(`tests against the real Collector and Jaeger are skipped. ${error.message}`);
    project.provide('backends', { kind: 'missing', reason: error.message });
  }
}
