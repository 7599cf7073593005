import { inject } from 'vitest';
import type { Backends } from './global-setup.ts';

/** The servers' binaries. */
export type Binaries = Extract<Backends, { kind: 'built' }>;

/** Whether the real servers can be had, for `describe.runIf`. Where not, the set-up has said why. */
export const haveBackends: boolean = inject('backends').kind === 'built';

/**
 * The servers' binaries.
 * @throws where they could not be built
 */
export function binaries(): Binaries {
  const backends = inject('backends');
  if (backends.kind === 'missing') throw new Error(backends.reason);
  return backends;
}
