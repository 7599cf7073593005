import { afterEach, describe, expect, it, vi } from 'vitest';
import { runtime } from './runtime.ts';

afterEach(() => vi.unstubAllGlobals());

describe('runtime', () => {
  it.each([
    ['bun', 'Bun'],
    ['deno', 'Deno'],
    ['workerd', 'WebSocketPair'],
    ['edge', 'EdgeRuntime'],
  ])('is %s where there is %s, whatever the process calls itself', (name, global) => {
    vi.stubGlobal(global, {});
    expect(runtime()).toBe(name);
  });

  it('is node by its process, a browser by its document, and else unknown', () => {
    expect(runtime()).toBe('node');
    vi.stubGlobal('process', undefined);
    expect(runtime()).toBe('other');
    vi.stubGlobal('document', {});
    expect(runtime()).toBe('browser');
  });
});
