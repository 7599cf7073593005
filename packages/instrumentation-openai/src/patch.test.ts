import { observeOnly } from '@outspan/sdk-boundary';
import { describe, expect, it } from 'vitest';
import { observeClient } from './patch.ts';
import type { ClientObserver } from './patch.ts';

/** Built as the SDK's classes are: the promise parses when it is awaited, by a function that it was given. */
class ApiPromise {
  parseResponse: (client: unknown, props: unknown) => Promise<string>;
  constructor() {
    this.parseResponse = async (_client, props) => `parsed ${String(props)}`;
  }
  asResponse(): Promise<string> {
    return Promise.resolve('response');
  }
}

function sdk(): new () => { request(): ApiPromise; makeRequest(a: unknown, b: unknown, c: unknown): unknown; fetchWithTimeout(url: string): unknown; dispatchIsOwn(): boolean } {
  return class Client {
    readonly #secret = 'kept';
    request(): ApiPromise {
      return new ApiPromise();
    }
    makeRequest(a: unknown, b: unknown, c: unknown): unknown {
      return [this.#secret, a, b, c];
    }
    fetchWithTimeout(url: string): unknown {
      return `fetched ${url}`;
    }
    dispatchIsOwn(): boolean {
      return this.fetchWithTimeout === Client.prototype.fetchWithTimeout;
    }
  };
}

function recorder(): { observer: ClientObserver; seen: string[] } {
  const seen: string[] = [];
  const observer: ClientObserver = {
    makeRequest: (run, _client, args) => {
      seen.push('makeRequest');
      return run(args);
    },
    fetchWithTimeout: (run) => {
      seen.push('fetchWithTimeout');
      return run();
    },
    parseResponseWithTimeout: (run) => {
      seen.push('parseResponseWithTimeout');
      return run();
    },
    parseResponse: (run, props) => {
      seen.push(`parseResponse ${String(props)}`);
      return run();
    },
    asResponse: (response) => void seen.push(`asResponse ${String(response)}`),
  };
  return { observer, seen };
}

describe('observeClient', () => {
  it('passes calls, arguments, results and private fields through', () => {
    const Client = sdk();
    const { observer, seen } = recorder();
    observeClient(Client.prototype, observer);
    const client = new Client();
    expect(client.makeRequest(1, 2, 3)).toEqual(['kept', 1, 2, 3]);
    expect(client.fetchWithTimeout('x')).toBe('fetched x');
    expect(seen).toEqual(['makeRequest', 'fetchWithTimeout']);
  });

  it('leaves the comparison of a method with its prototype true', () => {
    const Client = sdk();
    observeClient(Client.prototype, recorder().observer);
    expect(new Client().dispatchIsOwn()).toBe(true);
  });

  it("keeps a method's name, length and visibility", () => {
    const Client = sdk();
    observeClient(Client.prototype, recorder().observer);
    const { name, length } = Reflect.get(Client.prototype, 'makeRequest');
    expect({ name, length }).toEqual({ name: 'makeRequest', length: 3 });
    expect(Object.keys(Client.prototype)).toEqual([]);
  });

  it('patches a copy once, and the observer that came last is told', () => {
    const Client = sdk();
    const first = recorder();
    const second = recorder();
    observeClient(Client.prototype, first.observer);
    const patched = Reflect.get(Client.prototype, 'makeRequest');
    observeClient(Client.prototype, second.observer);
    expect(Reflect.get(Client.prototype, 'makeRequest')).toBe(patched);
    new Client().makeRequest(1, 2, 3);
    expect([first.seen, second.seen]).toEqual([[], ['makeRequest']]);
  });

  it('tells an observer that has left nothing, and one that took its place still', () => {
    const Client = sdk();
    const first = recorder();
    const second = recorder();
    const leave = observeClient(Client.prototype, first.observer);
    leave();
    new Client().makeRequest(1, 2, 3);
    expect(first.seen).toEqual([]);
    observeClient(Client.prototype, second.observer);
    leave();
    new Client().makeRequest(1, 2, 3);
    expect(second.seen).toEqual(['makeRequest']);
  });

  it('observes the parsing and the raw response of the promises that come out', async () => {
    const Client = sdk();
    const { observer, seen } = recorder();
    observeClient(Client.prototype, observer);
    const promise = new Client().request();
    expect(promise).toBeInstanceOf(ApiPromise);
    expect(await promise.parseResponse('client', 'props')).toBe('parsed props');
    expect(await promise.asResponse()).toBe('response');
    expect(seen).toEqual(['parseResponse props', 'asResponse response']);
  });

  it('observes the copies that are made of a client, where not all clients are observed', () => {
    class Client extends sdk() {
      withOptions(): Client {
        return new Client();
      }
    }
    const { observer, seen } = recorder();
    const client = new Client();
    observeOnly(Client.prototype, client);
    observeClient(Client.prototype, observer);
    new Client().makeRequest(1, 2, 3);
    expect(seen).toEqual([]);
    client.withOptions().withOptions().makeRequest(1, 2, 3);
    expect(seen).toEqual(['makeRequest']);
  });

  it('leaves promises alone where the SDK reads bodies in a method of its own', async () => {
    class Newer extends sdk() {}
    Object.defineProperty(Newer.prototype, 'parseResponseWithTimeout', { value: () => 'read', configurable: true, writable: true });
    const { observer, seen } = recorder();
    observeClient(Newer.prototype, observer);
    const promise = new Newer().request();
    await promise.parseResponse('client', 'props');
    expect(seen).toEqual([]);
  });
});
