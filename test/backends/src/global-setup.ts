import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { build } from '../build.mjs';

/** The servers' binaries by name, or why there are none. */
export type Backends = ({ readonly kind: 'built' } & Readonly<Record<Binary, string>>) | { readonly kind: 'missing'; readonly reason: string };

type Binary = 'collector' | 'jaeger' | 'prometheus' | 'promtool' | 'alertmanager' | 'amtool';

declare module 'vitest' {
  export interface ProvidedContext {
    backends: Backends;
  }
}

/**
 * Builds what is missing before the first test. Where that is not possible (no Go, no network) the tests that need the servers are skipped,
 * and say why; with `OUTSPAN_REQUIRE_BACKENDS=1` that is a failure.
 */
export default async function setup(project: TestProject): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`[backends] ${line}\n`);
  try {
    const collector = await build('collector', say);
    const jaeger = await build('jaeger', say);
    const prometheus = await build('prometheus', say);
    const alertmanager = await build('alertmanager', say);
    project.provide('backends', {
      kind: 'built',
      collector: join(collector, 'otelcol'),
      jaeger: join(jaeger, 'jaeger'),
      prometheus: join(prometheus, 'prometheus'),
      promtool: join(prometheus, 'promtool'),
      alertmanager: join(alertmanager, 'alertmanager'),
      amtool: join(alertmanager, 'amtool'),
    });
  } catch (error) {
    if (process.env['OUTSPAN_REQUIRE_BACKENDS'] === '1') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    say(`tests against the real servers are skipped. ${reason}`);
    project.provide('backends', { kind: 'missing', reason });
  }
}
