import { guard } from '@outspan/core';
import { interpose, isFunction, isObject } from '@outspan/sdk-boundary';
import type { Sdk } from '@outspan/sdk-boundary';
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

function prototypeOf(client: unknown): object | undefined {
  const prototype: unknown = isObject(client) ? Object.getPrototypeOf(client) : undefined;
  return isObject(prototype) && isFunction(Reflect.get(prototype, 'chatStream')) ? prototype : undefined;
}
