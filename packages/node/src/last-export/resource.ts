import { method, reach } from './reach.ts';

/** The resource of a provider. */
export function resourceOf(provider: unknown): unknown {
  return reach(provider, '_resource') ?? reach(provider, '_sharedState', 'resource');
}

async function settle(resource: unknown): Promise<void> {
  try {
    await method(resource, 'waitForAsyncAttributes')?.();
  } catch {
    // The first export, which asks for the same, says so.
  }
}

/**
 * Asks a resource for what it learns late (the host's id), which else the first export does: at the end it is too late.
 *
 * @returns what makes it readable at the end, with what is known by then; else the SDK complains of each look at it
 */
export function prepareResource(resource: unknown): () => void {
  void settle(resource);
  return () => {
    if (typeof resource === 'object' && resource !== null && reach(resource, '_asyncAttributesPending') === true) Reflect.set(resource, '_asyncAttributesPending', false);
  };
}
