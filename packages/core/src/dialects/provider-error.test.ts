import { describe, expect, it } from 'vitest';
import { readProviderError } from './provider-error.ts';

describe('an error of OpenRouter’s', () => {
  const wrapped = (raw: unknown): unknown => ({ error: { message: 'Provider returned error', code: 400, metadata: { provider_name: 'Azure', raw } } });

  it('is that of the provider behind it', () => {
    const raw = JSON.stringify({ error: { message: 'This model’s maximum context length is 128000 tokens.', type: 'invalid_request_error', code: 'context_length_exceeded' } });
    expect(readProviderError(wrapped(raw))).toEqual({ status: 400, code: 'context_length_exceeded', type: 'invalid_request_error', message: 'This model’s maximum context length is 128000 tokens.' });
  });

  it('has the words of the provider behind it where those are no JSON', () => {
    expect(readProviderError(wrapped('insufficient quota'))).toEqual({ status: 400, code: '400', message: 'insufficient quota' });
  });

  it.each([undefined, 7, null, ''])('is its own where %j is all that it says of another', (raw) => {
    expect(readProviderError(wrapped(raw))).toEqual({ status: 400, code: '400', message: 'Provider returned error' });
  });
});

it('reads what Azure’s API management answers', () => {
  expect(readProviderError({ statusCode: 403, message: 'Out of call volume quota.' })).toEqual({ code: '403', status: 403, message: 'Out of call volume quota.' });
});
