import { guard } from '@outspan/core';
import { declaringPrototype, interpose, isFunction, isObject } from '@outspan/sdk-boundary';
import type { Clients, Sdk } from '@outspan/sdk-boundary';
import { describeCall, METHODS } from './described-call.ts';

const PACKAGE = 'cohere-ai';

/** The Cohere SDK, which is CommonJS alone. */
export const COHERE: Sdk = {
  name: PACKAGE,
  tested: { from: '7.14.0', below: '9.0.0' },
  files: [`${PACKAGE}/index.js`],

  targets(exports) {
    const client = isObject(exports) ? exports['CohereClientV2'] : undefined;
    // The classes that send requests are not exported: a client that is never used shows them. Making one sends nothing.
    const sample: unknown = isFunction(client) ? guard('looking for the classes of an SDK', () => Reflect.construct(client, [{ token: '' }])) : undefined;
    if (!isObject(sample)) return [];
    return [sample['clientV2'], sample['client']].map(prototypeOf).filter((prototype) => prototype !== undefined);
  },

  observe(prototype, tracing) {
    // Version 1 and version 2 of the API have methods of the same names.
    const version = isFunction(Reflect.get(prototype, 'summarize')) ? 'v1' : 'v2';
    const leave = METHODS.map((method) => {
      // Behind the public method, which returns a promise of the SDK's own class, stands one that returns a plain promise. Older versions have the plain one alone.
      const inner = `__${method.name}`;
      const name = isFunction(Reflect.get(prototype, inner)) ? inner : method.name;
      return interpose(prototype, name, ({ self, args, run }) => tracing.run(() => describeCall(method, version, self, args[0], args[1]), run));
    });
    return () => {
      for (const step of leave) step?.();
    };
  },
};

/** Its clients: one of version 2 holds one of each version; one of version 1 makes that of version 2 when it is first asked for it. */
export const CLIENTS: Clients = {
  name: PACKAGE,
  expected: `a client of ${PACKAGE} (CohereClientV2, CohereClient)`,
  partsOf(client) {
    const first = [client, Reflect.get(client, 'clientV2'), Reflect.get(client, 'client')].filter((part) => prototypeOf(part) !== undefined);
    const all = new Set(first.flatMap((part) => (isObject(part) ? [part, part['v2']] : [])));
    return [...all].flatMap((part) => {
      const target = prototypeOf(part);
      return target === undefined || !isObject(part) ? [] : [{ target, client: part }];
    });
  },
  observe: COHERE.observe,
};

/** The prototype of the SDK's that sends the requests of a client, or of a part of one. */
function prototypeOf(client: unknown): object | undefined {
  return isObject(client) && isObject(client['_options']) ? declaringPrototype(Object.getPrototypeOf(client), 'chatStream') : undefined;
}
