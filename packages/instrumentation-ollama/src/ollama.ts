import { declaringPrototype, interpose, isFunction, isObject } from '@outspan/sdk-boundary';
import type { Clients, Sdk } from '@outspan/sdk-boundary';
import { describeCall } from './described-call.ts';

const PACKAGE = 'ollama';

/** Entries that export the class or the instance; what they share is in a file whose name changes with each build. */
const ENTRIES = ['dist/index.mjs', 'dist/index.cjs', 'dist/browser.mjs', 'dist/browser.cjs'];
const METHODS = ['embed', 'embeddings'] as const;
/** Through this one pass `chat` and `generate`, streamed or not. */
const STREAMABLE = 'processStreamableRequest';

/** The Ollama SDK. */
export const OLLAMA: Sdk = {
  name: PACKAGE,
  tested: { from: '0.5.0', below: '0.7.0' },
  files: ENTRIES.map((file) => `${PACKAGE}/${file}`),

  targets(exports) {
    const base = baseOf(isObject(exports) ? exports['Ollama'] : undefined);
    return base === undefined ? [] : [base];
  },

  observe(prototype, tracing) {
    const leave = [
      interpose(prototype, STREAMABLE, ({ self, args, run }) => tracing.run(() => describeCall(self, args[0], args[1]), run)),
      ...METHODS.map((name) => interpose(prototype, name, ({ self, args, run }) => tracing.run(() => describeCall(self, name, args[0]), run))),
    ];
    return () => {
      for (const step of leave) step?.();
    };
  },
};

/** Its clients, the one among them that is the default export. */
export const CLIENTS: Clients = {
  name: PACKAGE,
  expected: `an Ollama client of ${PACKAGE}`,
  partsOf(client) {
    const target = declaringPrototype(Object.getPrototypeOf(client), STREAMABLE);
    return target === undefined ? [] : [{ target, client }];
  },
  observe: OLLAMA.observe,
};

/** The prototype that has the methods: Node's class only adds to one that is not exported there, and the instance that `import ollama` gives has it too. */
function baseOf(exported: unknown): object | undefined {
  return isFunction(exported) ? declaringPrototype(exported.prototype, STREAMABLE) : undefined;
}
