import type { TestProject } from 'vitest/node';
import { install } from '../install.mjs';

/** The executables by runtime, or why there are none. */
export type Executables = { readonly kind: 'installed'; readonly bun: string; readonly deno: string; readonly workerd: string } | { readonly kind: 'missing'; readonly reason: string };

declare module 'vitest' {
  export interface ProvidedContext {
    executables: Executables;
  }
}

/**
 * Installs the runtimes that are missing before the first test. Where the registry cannot be reached the tests are skipped, and say
 * why; with `OUTSPAN_REQUIRE_RUNTIMES=1` that is a failure.
 */
export default async function setup(project: TestProject): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`[beyond-node] ${line}\n`);
  try {
    project.provide('executables', { kind: 'installed', bun: await install('bun', say), deno: await install('deno', say), workerd: await install('workerd', say) });
  } catch (error) {
    if (process.env['OUTSPAN_REQUIRE_RUNTIMES'] === '1') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    say(`tests on other runtimes are skipped. ${reason}`);
    project.provide('executables', { kind: 'missing', reason });
  }
}
