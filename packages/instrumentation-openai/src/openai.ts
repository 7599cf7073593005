import type { Sdk } from '@outspan/sdk-boundary';
import { OperationBoundary } from './boundary.ts';
import { clientPrototypeOf, isPatchable } from './client-class.ts';
import { observeClient } from './patch.ts';

const PACKAGE = 'openai';

/** Every way in which an application can import the class, without the file extension. The class itself is in `client`. */
const CLIENT_MODULES = ['client', 'index', 'azure', 'bedrock'] as const;

/** Transports that leave no HTTP exchange to trace, over openai 5, 6 and 7. None of them is loaded by `openai` itself. */
const SOCKET_MODULES = [
  'realtime/ws',
  'realtime/websocket',
  'realtime/translations/ws',
  'beta/realtime/ws',
  'beta/realtime/websocket',
  'resources/responses/ws',
  'resources/beta/responses/ws',
  'resources/live/ws',
  'resources/live/forks/ws',
  'resources/live/sideband/ws',
] as const;

/** The OpenAI SDK. */
export const OPENAI: Sdk = {
  name: PACKAGE,
  tested: { from: '5.0.0', below: '8.0.0' },
  files: files(['client']),
  specifiers: specifiers(CLIENT_MODULES),
  uncovered: {
    files: files(SOCKET_MODULES),
    specifiers: specifiers(SOCKET_MODULES),
    says: 'The WebSocket transports of openai (responses, realtime, live) are not covered: their calls are not traced.',
  },
  targets(exports) {
    const prototype = clientPrototypeOf(exports);
    return prototype !== undefined && isPatchable(prototype) ? [prototype] : [];
  },
  observe: (prototype, tracing) => observeClient(prototype, new OperationBoundary(tracing)),
};

function files(modules: readonly string[]): string[] {
  return modules.flatMap((path) => [`${PACKAGE}/${path}.js`, `${PACKAGE}/${path}.mjs`]);
}

function specifiers(modules: readonly string[]): string[] {
  return modules.flatMap((path) => [`${PACKAGE}/${path}`, `${PACKAGE}/${path}.mjs`]);
}
