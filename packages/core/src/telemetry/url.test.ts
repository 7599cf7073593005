import { describe, expect, it } from 'vitest';
import { addressOf, portOf, recordableUrl } from './url.ts';

describe('a recordable URL', () => {
  it.each([
    ['https://user:secret@api.example.com/v1/chat/completions#secret', 'https://api.example.com/v1/chat/completions'],
    ['https://h/v1beta/models/m:streamGenerateContent?alt=sse&key=secret', 'https://h/v1beta/models/m:streamGenerateContent?alt=sse&key=REDACTED'],
    ['https://h/openai/deployments/d/chat/completions?api-version=2026-01-01&sig=secret', 'https://h/openai/deployments/d/chat/completions?api-version=2026-01-01&sig=REDACTED'],
    ['http://127.0.0.1:8080/v1/messages?ALT=x', 'http://127.0.0.1:8080/v1/messages?ALT=x'],
  ])('of %s holds no secret', (url, recordable) => {
    expect(recordableUrl(new URL(url))).toBe(recordable);
  });

  it('is at most 2,048 characters long', () => {
    expect(recordableUrl(new URL(`https://h/${'x'.repeat(10_000)}`))).toHaveLength(2_048);
  });
});

describe('where a URL leads', () => {
  it('is told with the port that its scheme implies, and without brackets', () => {
    expect([portOf(new URL('https://h/')), portOf(new URL('http://h/')), portOf(new URL('http://h:81/'))]).toEqual([443, 80, 81]);
    expect(addressOf(new URL('http://[::1]:80/'))).toBe('::1');
  });
});
