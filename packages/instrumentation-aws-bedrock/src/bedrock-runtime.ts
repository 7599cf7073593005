import { guard } from '@outspan/core';
import { interpose, isFunction, isObject } from '@outspan/sdk-boundary';
import type { Sdk } from '@outspan/sdk-boundary';
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
