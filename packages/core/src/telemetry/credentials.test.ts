import { describe, expect, it } from 'vitest';
import { plainWord, withoutCredentials } from './credentials.ts';

const LONG = 'a1B2c3D4e5F6g7H8i9J0k1L2';

describe('text without credentials', () => {
  it.each([
    `sk-${LONG}`,
    `sk-proj-${LONG}_${LONG}`,
    `sk-ant-api03-${LONG}-${LONG}`,
    `gsk_${LONG}`,
    `AIzaSy${LONG}123456789`,
    `ya29.${LONG}`,
    'AKIAIOSFODNN7EXAMPLE',
    `ghp_${LONG}`,
    `github_pat_${LONG}`,
    `glpat-${LONG}`,
    `xoxb-1234567890-${LONG}`,
    `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${LONG}`,
    `Bearer ${LONG}`,
    `Basic ${LONG}==`,
    `-----BEGIN RSA PRIVATE KEY-----\n${LONG}\n${LONG}=`,
  ])('has no %s', (key) => {
    expect(withoutCredentials(`the key: ${key}, and more`)).toBe('the key: REDACTED, and more');
    expect(withoutCredentials(`"line\\n${key}"`)).not.toContain('a1B2c3D4');
  });

  it.each(['task-force-of-the-century-2026', 'the risk-assessment-of-yesterday', 'gpt-4o-mini-2024-07-18', 'chatcmpl-a1B2c3D4e5F6g7H8i9J0', 'skeleton', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'])('keeps %s', (text) => {
    expect(withoutCredentials(text)).toBe(text);
  });

  it('takes time in proportion to the text, whatever is in it', () => {
    const hostile = ['sk-', '-----BEGIN A A A ', 'eyJ', 'eyJaaaaaaaaaa.', 'Bearer ', '\\nsk-a'].map((text) => text.repeat(1_000_000 / text.length));
    // A quadratic expression would take minutes, which the runner's own limit ends.
    for (const text of hostile) expect(withoutCredentials(text).length).toBeGreaterThan(0);
  });
});

describe("a provider's word", () => {
  it.each(['stop', 'chatcmpl-a1B2c3D4', 'accounts/fireworks/models/llama-v3p1:free', 'ft:gpt-4o:org::id'])('may be %s', (word) => {
    expect(plainWord(word)).toBe(word);
  });

  it.each(['the prompt given back', `sk-proj-${LONG}`, '{"json":1}', '', 'x'.repeat(257)])('may not be %s', (text) => {
    expect(plainWord(text)).toBeUndefined();
  });
});
