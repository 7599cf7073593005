import { describe, expect, it } from 'vitest';
import { CLOSED, endingOfFailure, endingOfStop } from './ending.ts';

const error = (facts: object): Error => Object.assign(new Error('what happened'), facts);

describe('a failure', () => {
  it.each([
    ['a refused connection', { code: 'ECONNREFUSED', syscall: 'connect' }, 'ECONNREFUSED'],
    ['a reset', { code: 'ECONNRESET', syscall: 'read' }, 'ECONNRESET'],
    ['a close, which Node gives the code of a reset', { code: 'ECONNRESET' }, CLOSED],
    ['bytes that are no HTTP', { code: 'HPE_INVALID_CONSTANT' }, 'HPE_INVALID_CONSTANT'],
    ['a stream that was cancelled with its connection', { code: 'ERR_HTTP2_STREAM_CANCEL', cause: error({ code: 'ECONNREFUSED' }) }, 'ECONNREFUSED'],
    ['unanswered packets, of which the kernel tells', { code: 'ETIMEDOUT', syscall: 'connect' }, 'ETIMEDOUT'],
  ])('of the network is told by its code: %s', (_, facts, code) => {
    expect(endingOfFailure(error(facts), 'headers')).toEqual({ by: 'network', code, phase: 'headers' });
  });

  it('of a signal that was aborted before the request began is that abort', () => {
    expect(endingOfFailure(error({ name: 'AbortError', code: 'ABORT_ERR' }), 'connect')).toEqual({ by: 'caller' });
    expect(endingOfFailure(error({ name: 'AbortError', code: 'ABORT_ERR', cause: error({ name: 'TimeoutError' }) }), 'connect')).toEqual({ by: 'deadline', phase: 'connect' });
  });
});

describe('a client that gives up', () => {
  it.each([
    ['AbortSignal.timeout', { name: 'AbortError', code: 'ABORT_ERR', cause: error({ name: 'TimeoutError', code: 23 }) }],
    ['got', { name: 'TimeoutError', code: 'ETIMEDOUT' }],
    ['axios', { name: 'AxiosError', code: 'ECONNABORTED', message: 'timeout of 2000ms exceeded' }],
    ['axios with clarifyTimeoutError', { name: 'AxiosError', code: 'ETIMEDOUT' }],
  ])('for its deadline is known by its reason: %s', (_, facts) => {
    expect(endingOfStop(error(facts), false, 'body')).toEqual({ by: 'deadline', phase: 'body' });
  });

  it.each([
    ['no reason', undefined],
    ['a reason that is no object', 'enough'],
    ['an abort', error({ name: 'AbortError', code: 'ABORT_ERR', cause: error({ name: 'AbortError' }) })],
    ['axios: another abort with the same code', error({ code: 'ECONNABORTED', message: 'Request aborted' })],
    ['an error of its own', error({ code: 'E_OWN' })],
  ])('for any other reason is the caller: %s', (_, reason) => {
    expect(endingOfStop(reason, false, 'headers')).toEqual({ by: 'caller' });
  });

  it('after it was told that nothing came does so for its deadline', () => {
    expect(endingOfStop(undefined, true, 'headers')).toEqual({ by: 'deadline', phase: 'headers' });
  });

  it('because its connection failed is no caller that stops', () => {
    expect(endingOfStop(error({ code: 'ECONNRESET', syscall: 'read' }), false, 'body')).toEqual({ by: 'network', code: 'ECONNRESET', phase: 'body' });
  });

  it('for a reason that is its own cause comes to an end', () => {
    const circular = error({});
    circular.cause = circular;
    expect(endingOfStop(circular, false, 'body')).toEqual({ by: 'caller' });
  });
});
