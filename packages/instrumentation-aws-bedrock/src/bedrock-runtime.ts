import { guard } from '@outspan/core';
import { declaringPrototype, interpose, isFunction, isObject } from '@outspan/sdk-boundary';
import type { Clients, Sdk } from '@outspan/sdk-boundary';
import { Seam } from './seam.ts';
import { TracedSend } from './traced-send.ts';

const PACKAGE = '@aws-sdk/client-bedrock-runtime';

/** The client of Amazon Bedrock's runtime API. Node loads one file, whether an application imports or requires it. */
export const BEDROCK_RUNTIME: Sdk = {
  name: PACKAGE,
  tested: { from: '3.830.0', below: '4.0.0' },
  files: [`${PACKAGE}/dist-cjs/index.js`],
  targets(exports) {
    const client: unknown = isObject(exports) ? exports['BedrockRuntimeClient'] : undefined;
    const prototype: unknown = isFunction(client) ? client.prototype : undefined;
    return isObject(prototype) && isFunction(prototype['send']) ? [prototype] : [];
  },
  /** `send` is that of all AWS clients, inherited: what stands in front of it is put on this one alone. */
  observe(prototype, tracing) {
    const seam = new Seam();
    const leave = interpose(prototype, 'send', ({ self, args, run }) => {
      const call = guard('starting a call', () => TracedSend.start(tracing, args));
      if (call === undefined) return run();
      guard('joining a client', () => seam.join(self, call));
      return call.send(run, args);
    });
    return () => leave?.();
  },
};

/** What its clients call the service, unless an application calls it otherwise. */
const SERVICE = 'Bedrock Runtime';

/** Its clients: `BedrockRuntimeClient`, and `BedrockRuntime`, which has a method for each command. */
export const CLIENTS: Clients = {
  name: PACKAGE,
  expected: `a client of ${PACKAGE} (BedrockRuntimeClient, BedrockRuntime)`,
  partsOf(client) {
    const config: unknown = Reflect.get(client, 'config');
    const stack: unknown = Reflect.get(client, 'middlewareStack');
    if (!isObject(config) || config['serviceId'] !== SERVICE || !isObject(stack)) return [];
    const target = ofBedrock(Object.getPrototypeOf(client));
    return target === undefined ? [] : [{ target, client }];
  },
  observe: BEDROCK_RUNTIME.observe,
};

/** The prototype that is derived from that of all AWS clients, which `send` is of. */
function ofBedrock(from: unknown): object | undefined {
  const ofAll = declaringPrototype(from, 'send');
  let prototype = from;
  while (isObject(prototype) && Object.getPrototypeOf(prototype) !== ofAll) prototype = Object.getPrototypeOf(prototype);
  return ofAll !== undefined && isObject(prototype) ? prototype : undefined;
}
