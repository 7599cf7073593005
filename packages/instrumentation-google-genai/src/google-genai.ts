import { announce, guard } from '@outspan/core';
import { declaringPrototype, interpose, isFunction, isObject, isObserved } from '@outspan/sdk-boundary';
import type { ClientPart, Clients, Interposer, Sdk, SdkTracing } from '@outspan/sdk-boundary';
import { describeCall, METHODS } from './described-call.ts';
import { withTracedTools } from './function-calls.ts';

const PACKAGE = '@google/genai';

/** Entries that hold all of the SDK, each a bundle of its own: by import, by require, and without Node's part. */
const BUNDLES = ['dist/node/index.mjs', 'dist/node/index.cjs', 'dist/node/index.js', 'dist/index.mjs', 'dist/index.cjs', 'dist/index.js', 'dist/web/index.mjs'];

/** The Google Gen AI SDK. */
export const GOOGLE_GENAI: Sdk = {
  name: PACKAGE,
  tested: { from: '1.0.0', below: '4.0.0' },
  files: BUNDLES.map((file) => `${PACKAGE}/${file}`),

  targets(exports) {
    const models = prototypeOf(exports, 'Models');
    if (models === undefined || !isFunction(Reflect.get(models, 'generateContentInternal'))) return [];
    return [models, prototypeOf(exports, 'Live')].filter((prototype) => prototype !== undefined);
  },

  observe(prototype, tracing) {
    const leave = [...METHODS].map(([name, method]) => interpose(prototype, name, ({ self, args, run }) => tracing.run(() => describeCall(method, self, args[0]), run)));
    if (Object.hasOwn(prototype, 'generateContentInternal')) leave.push(observeTools(prototype, tracing));
    // Of the other prototype.
    if (Object.hasOwn(prototype, 'connect')) leave.push(interpose(prototype, 'connect', ({ run }) => (announceLive(), run())));
    return () => {
      for (const step of leave) step?.();
    };
  },
};

/** The methods in which the SDK calls tools by itself: a field of each instance, and, for streams, a method of the prototype. */
const LOOP = 'generateContent';
const STREAM_LOOP = 'processAfcStream';

/** By prototype, while it is observed. */
const tracingInForce = new WeakMap<object, SdkTracing>();

const traceTools: Interposer = ({ args, run, self }) => {
  const traced = guard('tracing tools', () => {
    const tracing = tracingFor(self);
    return tracing && [withTracedTools(args[0], tracing), ...args.slice(1)];
  });
  return run(traced ?? args);
};

function tracingFor(models: unknown): SdkTracing | undefined {
  const prototype = isObject(models) ? declaringPrototype(Object.getPrototypeOf(models), 'generateContentInternal') : undefined;
  return prototype !== undefined && isObject(models) && isObserved(prototype, models) ? tracingInForce.get(prototype) : undefined;
}

/** Traces the tools that the SDK calls by itself. Constructors set the field from now on where it is seen. */
function observeTools(prototype: object, tracing: SdkTracing): () => void {
  tracingInForce.set(prototype, tracing);
  const leave = interpose(prototype, STREAM_LOOP, traceTools);
  Object.defineProperty(prototype, LOOP, {
    configurable: true,
    get: () => undefined,
    set(this: object, method: unknown) {
      Object.defineProperty(this, LOOP, { configurable: true, enumerable: true, writable: true, value: method });
      interpose(this, LOOP, traceTools);
    },
  });
  return () => {
    leave?.();
    if (tracingInForce.get(prototype) !== tracing) return;
    tracingInForce.delete(prototype);
    Reflect.deleteProperty(prototype, LOOP);
  };
}

/** Its clients: the models and the live sessions of a client are objects of their own, which its chats use as well. */
export const CLIENTS: Clients = {
  name: PACKAGE,
  expected: `a GoogleGenAI client of ${PACKAGE}`,
  partsOf(client) {
    const models = partOf(Reflect.get(client, 'models'), 'generateContentInternal');
    // Only the two together are a client.
    const live = models && partOf(Reflect.get(client, 'live'), 'connect');
    // It was made before its class was observed.
    if (models !== undefined && Object.hasOwn(models.client, LOOP)) interpose(models.client, LOOP, traceTools);
    return models === undefined ? [] : [models, ...(live === undefined ? [] : [live])];
  },
  observe: GOOGLE_GENAI.observe,
};

function partOf(part: unknown, method: string): ClientPart | undefined {
  const target = isObject(part) ? declaringPrototype(Object.getPrototypeOf(part), method) : undefined;
  return isObject(part) && target !== undefined ? { target, client: part } : undefined;
}

function prototypeOf(exports: unknown, name: string): object | undefined {
  const exported: unknown = isObject(exports) ? exports[name] : undefined;
  const prototype: unknown = isFunction(exported) ? exported.prototype : undefined;
  return isObject(prototype) ? prototype : undefined;
}

function announceLive(): void {
  announce(`${PACKAGE}:live`, `The Live API of ${PACKAGE} goes over a WebSocket, which is not covered: its calls are not traced.`);
}
