import { describe, expect, it } from 'vitest';
import { describeCall, METHODS } from './described-call.ts';

const [chat, chatStream, embed, rerank] = METHODS;
type Method = NonNullable<typeof chat>;

function called(method: Method | undefined, version: 'v1' | 'v2', settings: object | undefined, options?: unknown): ReturnType<typeof describeCall> {
  if (method === undefined) throw new TypeError('no such method');
  return describeCall(method, version, { _options: settings }, { model: 'command-a' }, options);
}

describe('describeCall', () => {
  it.each([
    [chat, 'v2', 'cohere.chat', 'https://api.cohere.com/v2/chat', false],
    [chatStream, 'v2', 'cohere.chat', 'https://api.cohere.com/v2/chat', true],
    [chatStream, 'v1', 'cohere.v1_chat', 'https://api.cohere.com/v1/chat', true],
    [embed, 'v1', 'cohere.embed', 'https://api.cohere.com/v1/embed', false],
    [rerank, 'v2', 'cohere.rerank', 'https://api.cohere.com/v2/rerank', false],
  ] as const)('knows %o of %s', (method, version, dialect, url, stream) => {
    const call = called(method, version, {});
    expect([call?.dialect.id, call?.url.href, call?.parameters]).toEqual([dialect, url, { model: 'command-a', stream }]);
  });

  it('takes the address that the client was given', () => {
    expect(called(chat, 'v2', { environment: 'http://gateway.internal/cohere/' })?.url.href).toBe('http://gateway.internal/cohere/v2/chat');
    expect(called(chat, 'v2', { environment: 'http://one', baseUrl: 'http://other' })?.url.href).toBe('http://other/v2/chat');
  });

  it('takes the signal of the request', () => {
    const abortSignal = new AbortController().signal;
    expect(called(chat, 'v2', {}, { abortSignal })?.signal).toBe(abortSignal);
    expect(called(chat, 'v2', {}, { abortSignal: 'x' })?.signal).toBeUndefined();
  });

  it.each([
    ['whose requests go to AWS', { fetcher: (): undefined => undefined }],
    ['whose address is a function', { environment: (): string => 'http://later' }],
    ['whose address is none', { environment: 'nowhere' }],
    ['without options', undefined],
  ])('leaves a client to the wire %s', (_what, settings) => {
    expect(called(chat, 'v2', settings)).toBeUndefined();
  });
});
