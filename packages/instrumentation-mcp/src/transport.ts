import { isFunction, isObject } from '@outspan/sdk-boundary';

/** What is known of the way between two sides. */
export interface TransportFacts {
  readonly transport?: string;
  readonly networkProtocol?: string;
  readonly url?: URL;
  readonly sessionId?: string;
}

/** The SDK's transports, by the names of their classes. Of any other one, nothing is claimed. */
const KINDS: readonly (readonly [name: RegExp, facts: TransportFacts])[] = [
  [/^Stdio(?:Client|Server)Transport$/, { transport: 'pipe' }],
  [/^(?:(?:WebStandard|Node)?StreamableHTTP|PerRequestHTTP|SSE)(?:Client|Server)Transport$/, { transport: 'tcp', networkProtocol: 'http' }],
  [/^WebSocketClientTransport$/, { transport: 'tcp', networkProtocol: 'websocket' }],
];

const MAX_ANCESTORS = 8;

/** Reads a transport: what it is, where it leads, and the session that it is in by now. */
export function readTransport(transport: unknown): TransportFacts {
  if (!isObject(transport)) return {};
  const url = transport['_url'];
  const sessionId = transport['sessionId'];
  return {
    ...kindOf(transport),
    ...(url instanceof URL && { url }),
    ...(typeof sessionId === 'string' && sessionId !== '' && { sessionId }),
  };
}

function kindOf(transport: object): TransportFacts {
  let prototype: unknown = Object.getPrototypeOf(transport);
  for (let depth = 0; depth < MAX_ANCESTORS && isObject(prototype); depth++) {
    const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    const name = isFunction(maker) ? maker.name : '';
    const kind = KINDS.find(([pattern]) => pattern.test(name));
    if (kind !== undefined) return kind[1];
    prototype = Object.getPrototypeOf(prototype);
  }
  return {};
}
