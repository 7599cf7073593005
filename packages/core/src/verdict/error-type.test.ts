import { expect, it } from 'vitest';
import { errorType, looksLowCardinality } from './error-type.ts';

it.each(['insufficient_quota', 'RESOURCE_EXHAUSTED', 'ResponsibleAIPolicyViolation', '429', 'UND_ERR_SOCKET', 'AADSTS700016', 'unsupported_country_region_territory', 'v1beta.error'])(
  'takes %s for a code',
  (code) => {
    expect(looksLowCardinality(code)).toBe(true);
  },
);

it.each(['', 'two words', 'a'.repeat(65), 'sk-proj-4f9a8b7c6d5e4f3a2b1c0d9e', 'AIzaSyD4f9a8b7c6d5e4f3a2b1c0d9e', '3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'req_011CQJ4f9a8b7c6d', '1732276800000', 'naïve'])(
  'does not take %j for one',
  (code) => {
    expect(looksLowCardinality(code)).toBe(false);
  },
);

it('prefers code, type, status, transport code and class, in this order', () => {
  const all = { class: 'server_error', provider: { code: 'c', type: 't' }, status: 500, transportCode: 'ECONNRESET' } as const;
  expect(errorType(all)).toBe('c');
  expect(errorType({ ...all, provider: { type: 't' } })).toBe('t');
  expect(errorType({ ...all, provider: {} })).toBe('500');
  expect(errorType({ ...all, provider: {}, status: 200 })).toBe('ECONNRESET');
  expect(errorType({ class: 'server_error' })).toBe('server_error');
});
