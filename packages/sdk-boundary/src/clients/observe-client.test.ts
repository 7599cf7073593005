import { diag, DiagLogLevel } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { interpose } from '../interpose.ts';
import { SdkInstrumentation } from '../instrumentation.ts';
import type { Sdk } from '../sdk.ts';
import type { Clients } from './clients.ts';
import { declaringPrototype } from './clients.ts';
import { observeClient } from './observe-client.ts';

interface Client {
  send(): string;
}

/** Each copy of an SDK has a class of its own. */
function copyOfSdk(): new () => Client {
  return class {
    send(): string {
      return 'sent';
    }
  };
}

/** What each observer reported, in order. */
const told: string[] = [];

function clients(teller: string): Clients {
  return {
    name: 'sdk',
    expected: 'a client of sdk',
    partsOf(client) {
      const target = declaringPrototype(Object.getPrototypeOf(client), 'send');
      return target === undefined ? [] : [{ target, client }];
    },
    observe(target) {
      const leave = interpose(target, 'send', ({ run }) => {
        told.push(teller);
        return run();
      });
      return () => leave?.();
    },
  };
}

let names = 0;
let manifest: { readonly name: string; readonly version: string };
const warnings: string[] = [];
const ignore = (): void => undefined;

beforeEach(() => {
  // What is said is said once per package.
  manifest = { name: `@outspan/instrumentation-sdk${++names}`, version: '1.0.0' };
  told.length = 0;
  warnings.length = 0;
  diag.setLogger({ warn: (...args: unknown[]) => void warnings.push(args.join(' ')), error: ignore, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
});
afterEach(() => {
  diag.disable();
  vi.unstubAllEnvs();
});

/** The instrumentation of the package. */
function instrumentation(teller: string, enabled = true): SdkInstrumentation {
  return new (class extends SdkInstrumentation {
    protected override sdks(): readonly Sdk[] {
      return [];
    }

    protected override clients(): Clients {
      return clients(teller);
    }
  })(manifest, { enabled });
}

describe('observeClient', () => {
  it('returns the very object, and has its calls told and those of no other', () => {
    const Sdk = copyOfSdk();
    const [client, other] = [new Sdk(), new Sdk()];
    expect(observeClient(client, manifest, clients('by hand'))).toBe(client);
    expect([client.send(), other.send(), told]).toEqual(['sent', 'sent', ['by hand']]);
  });

  it('given a client twice, tells each call once', () => {
    const client = new (copyOfSdk())();
    observeClient(observeClient(client, manifest, clients('by hand')), manifest, clients('by hand'));
    client.send();
    expect(told).toEqual(['by hand']);
  });

  it('lets a second copy of the package do what the first has begun', async () => {
    vi.resetModules();
    const second: { observeClient: typeof observeClient } = await import('./observe-client.ts');
    expect(second.observeClient).not.toBe(observeClient);
    const Sdk = copyOfSdk();
    const [client, other] = [new Sdk(), new Sdk()];
    observeClient(client, manifest, clients('first copy'));
    second.observeClient(client, { ...manifest, version: '2.0.0' }, clients('second copy'));
    second.observeClient(other, { ...manifest, version: '2.0.0' }, clients('second copy'));
    client.send();
    other.send();
    expect(told).toEqual(['first copy', 'first copy']);
  });

  it('leaves the clients to an instrumentation that is on, and is off and on with it', () => {
    const on = instrumentation('instrumentation');
    const client = observeClient(new (copyOfSdk())(), manifest, clients('by hand'));
    client.send();
    on.disable();
    client.send();
    const late = observeClient(new (copyOfSdk())(), manifest, clients('by hand'));
    late.send();
    on.enable();
    client.send();
    late.send();
    expect(told).toEqual(['instrumentation', 'instrumentation', 'instrumentation']);
    on.disable();
  });

  it('leaves them to one that is turned on later, too, which nothing keeps off', () => {
    const off = instrumentation('instrumentation', false);
    const client = observeClient(new (copyOfSdk())(), manifest, clients('by hand'));
    client.send();
    off.enable();
    client.send();
    off.disable();
    client.send();
    expect(told).toEqual(['by hand', 'instrumentation']);
    expect(warnings).toEqual([]);
  });

  it('goes on with the clients of an instrumentation that was disabled, where another is turned on', () => {
    const first = instrumentation('first');
    const client = observeClient(new (copyOfSdk())(), manifest, clients('by hand'));
    first.disable();
    const second = instrumentation('second');
    client.send();
    second.disable();
    client.send();
    expect(told).toEqual(['second']);
  });

  it.each([undefined, null, 7, 'text', Symbol('s'), {}, [], () => undefined, Object.freeze({}), new Date()])('returns %o as it is, with one warning that says what is expected', (value) => {
    expect(observeClient(value, manifest, clients('by hand'))).toBe(value);
    observeClient(value, manifest, clients('by hand'));
    expect(warnings).toEqual([`outspan observe() of ${manifest.name} expects a client of sdk. What it was given is returned as it is, and its calls are not observed.`]);
  });

  it('never throws, whatever it is given', () => {
    const no = (): never => {
      throw new Error('no');
    };
    const hostile: object = new Proxy({}, { get: no, getPrototypeOf: no, has: no, ownKeys: no, getOwnPropertyDescriptor: no });
    expect(observeClient(hostile, manifest, clients('by hand'))).toBe(hostile);
    expect(warnings).toHaveLength(1);
  });

  it('leaves a client alone whose class cannot be changed', () => {
    const Sdk = copyOfSdk();
    Object.freeze(Sdk.prototype);
    const client = new Sdk();
    expect(observeClient(client, manifest, clients('by hand'))).toBe(client);
    expect([client.send(), told]).toEqual(['sent', []]);
  });

  it.each(['sdk', 'package'])('does nothing where a variable turns the instrumentation off by its %s name', (kind) => {
    vi.stubEnv('OTEL_NODE_DISABLED_INSTRUMENTATIONS', kind === 'package' ? `http, ${manifest.name}` : `http,sdk${names}`);
    const client = observeClient(new (copyOfSdk())(), manifest, clients('by hand'));
    client.send();
    expect([told, warnings]).toEqual([[], []]);
  });

  it('takes the clients of an instrumentation without any for unknown', () => {
    class Without extends SdkInstrumentation {
      protected override sdks(): readonly Sdk[] {
        return [];
      }
    }
    const on = new Without(manifest, {});
    expect(on.observeClient(new (copyOfSdk())())).toBe(false);
    on.disable();
  });
});
