import { afterEach, describe, expect, it, vi } from 'vitest';
import { environment } from './environment.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

/** Deno with permission to read some variables, or all. */
function deno(granted: readonly string[] | 'all'): void {
  vi.stubGlobal('Deno', { permissions: { querySync: ({ variable }: { readonly variable?: string }) => ({ state: granted === 'all' || granted.includes(variable ?? '') ? 'granted' : 'prompt' }) } });
}

describe('environment', () => {
  it('is that of the process, and nothing where there is none', () => {
    expect(environment()).toBe(process.env);
    vi.stubGlobal('process', undefined);
    expect(environment()).toEqual({});
  });

  it('holds on Deno what may be read, and asks for nothing more', () => {
    vi.stubEnv('OUTSPAN_ONE', '1');
    vi.stubEnv('OUTSPAN_TWO', '2');
    deno(['OUTSPAN_ONE']);
    expect([environment()['OUTSPAN_ONE'], environment()['OUTSPAN_TWO']]).toEqual(['1', undefined]);
    deno('all');
    expect(environment()).toBe(process.env);
  });
});
