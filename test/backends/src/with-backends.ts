import { describe, inject, it } from 'vitest';
import type { Backends } from './global-setup.ts';

/** The servers' binaries. */
export type Binaries = Extract<Backends, { kind: 'built' }>;

/** A `describe` whose tests need the real servers. Where they cannot be had, one skipped test says why. */
export function describeWithBackends(name: string, tests: (binaries: Binaries) => void): void {
  const backends = inject('backends');
  if (backends.kind === 'built') {
    describe(name, () => tests(backends));
  } else {
    describe(name, () => {
      it.skip(backends.reason, () => undefined);
    });
  }
}
