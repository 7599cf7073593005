import type { TestProject } from 'vitest/node';
import type { Served } from './installed/install.ts';
import { hashOf, packAll } from './installed/packed.ts';
import { serve } from './installed/registry.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    served: Served;
  }
}

/** Packs the packages and serves them, for as long as the tests run. Returns what stops that. */
export default async function setup(project: TestProject): Promise<() => void> {
  const packed = packAll();
  const [version, ...others] = new Set(packed.map((one) => one.version));
  if (version === undefined || others.length > 0) throw new Error('the packages do not share one version');
  const registry = await serve(packed);
  project.provide('served', { registry: registry.url, version, hash: hashOf(packed) });
  return () => registry.close();
}
