import { describe, expect, it } from 'vitest';
import { clientPrototypeOf, isPatchable } from './client-class.ts';

class OpenAI {
  async makeRequest(_options: unknown, _remaining: unknown, _retryOf: unknown): Promise<void> {}
  async fetchWithTimeout(): Promise<void> {}
}
class AzureOpenAI extends OpenAI {}

describe('clientPrototypeOf', () => {
  it.each([
    ['the named export', { OpenAI }],
    ['the default export', { default: OpenAI }],
    ['a derived class alone', { AzureOpenAI }],
    ['the class itself, as require() gives it', Object.assign(function () {}, { OpenAI })],
  ])('finds it through %s', (_through, exports) => {
    expect(clientPrototypeOf(exports)).toBe(OpenAI.prototype);
  });

  it.each([undefined, null, 'text', {}, { OpenAI: {} }, { default: () => undefined }, { OpenAI: Map }])('finds nothing in %o', (exports) => {
    expect(clientPrototypeOf(exports)).toBeUndefined();
  });
});

describe('isPatchable', () => {
  it('wants retries to be told from calls', () => {
    class OpenAI4 {
      async makeRequest(_options: unknown, _remaining: unknown): Promise<void> {}
      async fetchWithTimeout(): Promise<void> {}
    }
    expect(isPatchable(OpenAI.prototype)).toBe(true);
    expect(isPatchable(OpenAI4.prototype)).toBe(false);
  });

  it('wants attempts to be seen', () => {
    class Renamed {
      async makeRequest(_options: unknown, _remaining: unknown, _retryOf: unknown): Promise<void> {}
    }
    expect(isPatchable(Renamed.prototype)).toBe(false);
  });
});
