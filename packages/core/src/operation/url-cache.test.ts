import { describe, expect, it, vi } from 'vitest';
import { UrlCache } from './url-cache.ts';

describe('the URL cache', () => {
  it('parses a URL once, and one that is none once', () => {
    const cache = new UrlCache();
    const parse = vi.fn(() => new URL('http://h/'));
    const none = vi.fn(() => undefined);
    expect(cache.of('a', parse)).toBe(cache.of('a', parse));
    expect([cache.of('b', none), cache.of('b', none)]).toEqual([undefined, undefined]);
    expect([parse.mock.calls.length, none.mock.calls.length]).toEqual([1, 1]);
  });

  it('forgets the oldest when it is full', () => {
    const cache = new UrlCache();
    const parse = vi.fn(() => new URL('http://h/'));
    for (let n = 0; n < 300; n++) cache.of(`key ${n}`, parse);
    cache.of('key 299', parse);
    expect(parse).toHaveBeenCalledTimes(300);
    cache.of('key 0', parse);
    expect(parse).toHaveBeenCalledTimes(301);
  });
});
