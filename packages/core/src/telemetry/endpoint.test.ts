import { describe, expect, it } from 'vitest';
import { endpointOf } from './endpoint.ts';

describe('where a request goes', () => {
  it.each([
    ['https://user:secret@api.example.com/v1/chat/completions#secret', 'https://api.example.com/v1/chat/completions'],
    ['https://h/v1beta/models/m:streamGenerateContent?alt=sse&key=secret', 'https://h/v1beta/models/m:streamGenerateContent?alt=sse&key=REDACTED'],
    ['https://h/openai/deployments/d/chat/completions?api-version=2026-01-01&sig=secret', 'https://h/openai/deployments/d/chat/completions?api-version=2026-01-01&sig=REDACTED'],
    ['http://127.0.0.1:8080/v1/messages?ALT=x', 'http://127.0.0.1:8080/v1/messages?ALT=x'],
    ['https://h/v1/responses?5oxRfTtuftpdo3vNIpB0WS7DYeCD5w8H', 'https://h/v1/responses?REDACTED'],
    ['https://h/v1/responses?5oxRfTtuftpdo3vNIpB0WS7DYeCD5w8H=&a=1', 'https://h/v1/responses?REDACTED=REDACTED&a=REDACTED'],
    ['https://h/v1/responses?alt=AIzaSyA1234567890123456789012345678901', 'https://h/v1/responses?alt=REDACTED'],
    ['https://h/v1/0123456789abcdef0123456789abcdef/gateway/openai/chat/completions', 'https://h/v1/REDACTED/gateway/openai/chat/completions'],
    ['https://h/t/2f1a6c5b-7d00-4000-8000-000000000001/v1/messages', 'https://h/t/REDACTED/v1/messages'],
    ['https://h/sk-proj-abcdefghijklmnopqrstuv/v1/messages', 'https://h/REDACTED/v1/messages'],
    ['https://h/openai/deployments/sk-proj-abcdefghijklmnop/chat/completions', 'https://h/openai/deployments/REDACTED/chat/completions'],
  ])('is told without the secrets of %s', (url, recordable) => {
    expect(endpointOf(new URL(url)).url).toBe(recordable);
  });

  it.each([
    'https://h/openai/deployments/gpt4ominiforproduction2026/chat/completions',
    'https://h/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse',
    'https://h/models/Qwen/Qwen2.5-72B-Instruct/v1/chat/completions',
    'https://h/v1/projects/my-project-123456/locations/us-central1/publishers/google/models/gemini-2.5-flash:generateContent',
    'https://h/v1beta/openai/chat/completions',
  ])('is told in full where nothing in it could be a secret: %s', (url) => {
    expect(endpointOf(new URL(url)).url).toBe(url);
  });

  it('is told in at most 2,048 characters', () => {
    expect(endpointOf(new URL(`https://h/${'x/'.repeat(5_000)}`)).url).toHaveLength(2_048);
  });

  it('has the port that the scheme implies, and an address without brackets', () => {
    expect(['https://h/', 'http://h/', 'http://h:81/'].map((url) => endpointOf(new URL(url)).port)).toEqual([443, 80, 81]);
    expect(endpointOf(new URL('http://[::1]:80/')).address).toBe('::1');
  });
});
