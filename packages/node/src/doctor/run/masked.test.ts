import { expect, it } from 'vitest';
import { masked, secretsOf } from './masked.ts';

const destination = { protocol: 'http', url: 'http://x', gzip: false, tls: {}, headers: { 'Content-Type': 'application/json', authorization: 'Bearer sk-header-1' } } as const;

it('masks values of headers and of keys, wherever they stand', () => {
  const secrets = secretsOf([destination], { OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-key=sk-variable,short=abc', OPENAI_API_KEY: 'sk-openai-1', HOME: '/home/me' });
  const report = { a: ['sk-header-1 was refused', { b: 'x-key: sk-variable' }], c: 'sk-openai-1', d: 7, e: '/home/me application/json abc', f: 'https://u:p@host/x?key=1&y=2' };
  expect(masked(report, secrets)).toEqual({ a: ['*** was refused', { b: 'x-key: ***' }], c: '***', d: 7, e: '/home/me application/json abc', f: 'https://***@host/x?key=***&y=2' });
});
