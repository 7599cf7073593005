import { describe, expect, it } from 'vitest';
import { credentialsIn, isEchoedCredential } from './echo.ts';

const url = new URL('https://user:in-the-password@h/in-the-path/v1/chat/completions?key=in-the-query');
const headers: Readonly<Record<string, string>> = { authorization: 'Bearer 0123456789abcdef', 'api-key': 'fedcba9876543210', accept: 'application/json' };
const echoed = (value: string): boolean => isEchoedCredential(value, url, credentialsIn((name) => headers[name]));

describe('a value that a server sends', () => {
  it.each(['0123456789abcdef', '456789abcdef', 'Bearer 0123456789abcdef', 'fedcba9876543210', 'in-the-query', 'in-the-path', 'in-the-password'])('is an echo if it is %s, which it was sent', (value) => {
    expect(echoed(value)).toBe(true);
  });

  it.each(['req_0123', 'application/json', 'abcdef', ''])('is none if it is %s', (value) => {
    expect(echoed(value)).toBe(false);
  });

  it('is none where no header is to be had', () => {
    expect(isEchoedCredential('0123456789abcdef', url, credentialsIn(undefined))).toBe(false);
  });
});
