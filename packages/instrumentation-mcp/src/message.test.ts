import { describe, expect, it } from 'vitest';
import { idOf, metaOf, readRequest, saysError, withMeta } from './message.ts';

describe('readRequest', () => {
  it('names what a request is about, where that is its own to name', () => {
    expect(readRequest({ method: 'tools/call', params: { name: 'get_weather' } })).toEqual({ method: 'tools/call', toolName: 'get_weather' });
    expect(readRequest({ method: 'prompts/get', params: { name: 'greeting' } })).toEqual({ method: 'prompts/get', promptName: 'greeting' });
    expect(readRequest({ method: 'resources/read', params: { uri: 'note://1' } })).toEqual({ method: 'resources/read', resourceUri: 'note://1' });
    expect(readRequest({ method: 'ping' })).toEqual({ method: 'ping' });
    expect(readRequest({ method: 'tools/list', params: { name: 'x', uri: 'y' } })).toEqual({ method: 'tools/list' });
  });

  it.each([undefined, null, 'ping', {}, { method: 7 }])('makes nothing of %j', (request) => {
    expect(readRequest(request)).toBeUndefined();
  });
});

describe('withMeta', () => {
  it('adds beside what is there, which stays, and leaves the message as it is', () => {
    const message = { method: 'ping', id: 1, params: { a: 1, _meta: { progressToken: 3, traceparent: 'own' } } };
    const before = structuredClone(message);
    expect(withMeta(message, { traceparent: 'ours', tracestate: 't' })).toEqual({ method: 'ping', id: 1, params: { a: 1, _meta: { progressToken: 3, traceparent: 'own', tracestate: 't' } } });
    expect(message).toEqual(before);
    expect(withMeta({ method: 'ping' }, { traceparent: 'ours' })).toEqual({ method: 'ping', params: { _meta: { traceparent: 'ours' } } });
  });
});

describe('the other readers', () => {
  it('take ids of both kinds, and nothing else', () => {
    expect([idOf({ id: 0 }), idOf({ id: 'a' }), idOf({ id: null }), idOf({}), idOf(undefined)]).toEqual(['0', 'a', undefined, undefined, undefined]);
  });

  it('find no meta and no error where there is none', () => {
    expect([metaOf({ params: { _meta: 'x' } }), metaOf(undefined)]).toEqual([{}, {}]);
    expect([saysError({ isError: true }), saysError({ isError: 'yes' }), saysError(undefined)]).toEqual([true, false, false]);
  });
});
