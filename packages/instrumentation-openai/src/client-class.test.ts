import { describe, expect, it } from 'vitest';
import { clientParts, clientPrototypeOf, isPatchable, isRetry, isTraced } from './client-class.ts';

class OpenAI {
  async makeRequest(_options: unknown, _remaining: unknown, _retryOf: unknown): Promise<void> {}
  async fetchWithTimeout(): Promise<void> {}
}
class AzureOpenAI extends OpenAI {}

const NAMES = ['OpenAI', 'AzureOpenAI'];

describe('clientPrototypeOf', () => {
  it.each([
    ['the named export', { OpenAI }],
    ['the default export', { default: OpenAI }],
    ['a derived class alone', { AzureOpenAI }],
    ['the class itself, as require() gives it', Object.assign(function () {}, { OpenAI })],
  ])('finds it through %s', (_through, exports) => {
    expect(clientPrototypeOf(exports, NAMES)).toBe(OpenAI.prototype);
  });

  it.each([undefined, null, 'text', {}, { OpenAI: {} }, { default: () => undefined }, { OpenAI: Map }])('finds nothing in %o', (exports) => {
    expect(clientPrototypeOf(exports, NAMES)).toBeUndefined();
  });
});

describe('clientParts', () => {
  it("is a client itself and the SDK's prototype, whatever class an application has made of it", () => {
    class Mine extends AzureOpenAI {
      override async makeRequest(): Promise<void> {}
    }
    const client = new Mine();
    expect(clientParts(client)).toEqual([{ target: OpenAI.prototype, client }]);
  });

  it('is also the client that the resources hold, where the one that is given is a Proxy around it', () => {
    const client = new OpenAI();
    Object.assign(client, { chat: { _client: client }, name: 'x', other: { _client: {} } });
    const proxy = new Proxy(client, {});
    expect(clientParts(proxy).map((part) => part.client)).toEqual([proxy, client]);
  });

  it.each([{}, [], Object.create(null), new Map(), { makeRequest: () => undefined, fetchWithTimeout: () => undefined }])('is nothing of %o', (object) => {
    expect(clientParts(object)).toEqual([]);
  });
});

describe('isPatchable', () => {
  it('takes both generations of the class', () => {
    class Older {
      async makeRequest(_options: unknown, _remaining: unknown): Promise<void> {}
      async fetchWithTimeout(): Promise<void> {}
    }
    expect(isPatchable(OpenAI.prototype)).toBe(true);
    expect(isPatchable(Older.prototype)).toBe(true);
  });

  it('wants attempts to be seen', () => {
    class Renamed {
      async makeRequest(_options: unknown, _remaining: unknown, _retryOf: unknown): Promise<void> {}
    }
    expect(isPatchable(Renamed.prototype)).toBe(false);
  });
});

describe('isRetry', () => {
  it.each([
    [[{}, null, undefined], false],
    [[{}, 2, undefined], false],
    [[{}, 1, 'log_123456'], true],
    [[{}, null], false],
    [[{}, 1], true],
    [[{}, 1, 'log_123456', undefined], true],
  ] as const)('tells by the arguments %o', (args, told) => {
    expect(isRetry(args)).toBe(told);
  });
});

describe('isTraced', () => {
  it('is a call whose span the SDK hands along', () => {
    expect(isTraced([{}, null, undefined, { spanContext: () => ({}) }])).toBe(true);
    expect(isTraced([{}, null, undefined, undefined])).toBe(false);
    expect(isTraced([{}, null, undefined])).toBe(false);
  });
});
