import { declaringPrototype, interpose, isFunction, isObject } from '@outspan/sdk-boundary';
import type { Clients, Sdk } from '@outspan/sdk-boundary';
import { RequestBoundary } from './request-boundary.ts';
import { noteRegisteredProvider } from './own-telemetry.ts';

const PACKAGE = '@mistralai/mistralai';

/** Where the client's base class is, or a class made of it: of a version that is CommonJS, and of one that is ES modules. */
const MODULES = ['lib/sdks', 'core', 'sdk/sdk', 'index'] as const;
/** Where the tracer provider is kept that an application gives to the SDK's own telemetry. */
const PROVIDERS = ['extra/observability', 'extra/observability/index', 'extra/observability/provider'] as const;
/** Transports that leave no HTTP exchange to trace. */
const SOCKETS = ['extra/realtime', 'extra/realtime/index'] as const;

/** Methods of the client's base class, by the name that each version has for them: which make a request, and which send it. */
const METHODS = [
  { make: '_createRequest', send: '_do' },
  { make: 'createRequest$', send: 'do$' },
] as const;

/** Mistral's SDK. */
export const MISTRAL: Sdk = {
  name: PACKAGE,
  tested: { from: '1.10.0', below: '3.0.0' },
  files: [...MODULES, ...PROVIDERS].flatMap((path) => [`${PACKAGE}/${path}.js`, `${PACKAGE}/esm/${path}.js`]),
  uncovered: {
    files: SOCKETS.flatMap((path) => [`${PACKAGE}/${path}.js`, `${PACKAGE}/esm/${path}.js`]),
    says: `The realtime API of ${PACKAGE} goes over a WebSocket, which is not covered: its calls are not traced.`,
  },

  targets(exports) {
    if (!isObject(exports)) return [];
    if (isFunction(exports['getRegisteredTracerProvider'])) return [exports];
    const exported = exports['ClientSDK'] ?? exports['Mistral'] ?? exports['MistralCore'];
    const prototype = isFunction(exported) ? basePrototype(exported.prototype) : undefined;
    return prototype === undefined ? [] : [prototype];
  },

  observe(target, tracing) {
    if ('getRegisteredTracerProvider' in target) return noteRegisteredProvider(target);
    const boundary = new RequestBoundary(tracing);
    const leave = METHODS.flatMap(({ make, send }) => [
      interpose(target, make, ({ args, run }) => boundary.made(args, run())),
      interpose(target, send, ({ self, args, run }) => boundary.send(self, args[0], run)),
    ]);
    return () => {
      for (const step of leave) step?.();
    };
  },
};

/** Its clients. Chat, embeddings and the like are objects of their own, made when they are first used: they have their client's hooks. */
export const CLIENTS: Clients = {
  name: PACKAGE,
  expected: `a Mistral or MistralCore client of ${PACKAGE}`,
  partsOf(client) {
    const target = basePrototype(Object.getPrototypeOf(client));
    const hooks = hooksOf(client);
    return target === undefined || !isObject(hooks) ? [] : [{ target, client: hooks }];
  },
  clientOf: hooksOf,
  observe: MISTRAL.observe,
};

function hooksOf(client: object): unknown {
  const options: unknown = Reflect.get(client, '_options');
  return isObject(options) ? options['hooks'] : undefined;
}

/** The prototype that sends requests: all of the SDK's classes, and those that applications make of them, have it in common. */
function basePrototype(from: unknown): object | undefined {
  return METHODS.map(({ make, send }) => {
    const prototype = declaringPrototype(from, make);
    return prototype !== undefined && Object.hasOwn(prototype, send) ? prototype : undefined;
  }).find((prototype) => prototype !== undefined);
}
