import { describe, expect, it } from 'vitest';
import { endpointOf } from './endpoint.ts';

describe('where a request goes', () => {
  it.each([
    ['https://user:secret@api.example.com/v1/chat/completions#secret', 'https://api.example.com/v1/chat/completions'],
    ['https://h/v1beta/models/m:streamGenerateContent?alt=sse&key=secret', 'https://h/v1beta/models/m:streamGenerateContent?alt=sse&key=REDACTED'],
    ['https://h/openai/deployments/d/chat/completions?api-version=2026-01-01&sig=secret', 'https://h/openai/deployments/d/chat/completions?api-version=2026-01-01&sig=REDACTED'],
    ['http://127.0.0.1:8080/v1/messages?ALT=x', 'http://127.0.0.1:8080/v1/messages?ALT=x'],
  ])('is told without the secrets of %s', (url, recordable) => {
    expect(endpointOf(new URL(url)).url).toBe(recordable);
  });

  it('is told in at most 2,048 characters', () => {
    expect(endpointOf(new URL(`https://h/${'x'.repeat(10_000)}`)).url).toHaveLength(2_048);
  });

  it('has the port that the scheme implies, and an address without brackets', () => {
    expect(['https://h/', 'http://h/', 'http://h:81/'].map((url) => endpointOf(new URL(url)).port)).toEqual([443, 80, 81]);
    expect(endpointOf(new URL('http://[::1]:80/')).address).toBe('::1');
  });
});
