import { interpose, isFunction, isObject } from '@outspan/sdk-boundary';
import type { Sdk } from '@outspan/sdk-boundary';
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
  specifiers: [...MODULES, ...PROVIDERS].flatMap((path) => [`${PACKAGE}/${path}`, `${PACKAGE}/${path}.js`]),
  uncovered: {
    files: SOCKETS.flatMap((path) => [`${PACKAGE}/${path}.js`, `${PACKAGE}/esm/${path}.js`]),
    specifiers: SOCKETS.flatMap((path) => [`${PACKAGE}/${path}`, `${PACKAGE}/${path}.js`]),
    says: `The realtime API of ${PACKAGE} goes over a WebSocket, which is not covered: its calls are not traced.`,
  },

  targets(exports) {
    if (!isObject(exports)) return [];
    if (isFunction(exports['getRegisteredTracerProvider'])) return [exports];
    const prototype = basePrototypeOf(exports['ClientSDK'] ?? exports['Mistral'] ?? exports['MistralCore']);
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

/** The prototype that sends requests: all of the SDK's classes, and those that applications make of them, have it in common. */
function basePrototypeOf(exported: unknown): object | undefined {
  let prototype: unknown = isFunction(exported) ? exported.prototype : undefined;
  while (isObject(prototype)) {
    const own = prototype;
    if (METHODS.some(({ make, send }) => Object.hasOwn(own, make) && Object.hasOwn(own, send))) return prototype;
    prototype = Object.getPrototypeOf(prototype);
  }
  return undefined;
}

