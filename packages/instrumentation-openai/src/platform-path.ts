import { isFunction, isObject } from '@outspan/sdk-boundary';

type Members = Readonly<Record<string, unknown>>;

/** The one path that clients of other platforms send elsewhere. */
const MESSAGES = /^\/v1\/messages(?:\?|$)/;

/** Anthropic's clients for other platforms write the model, and whether to stream, into the path; by the names of their classes. */
const PLATFORMS: ReadonlyMap<string, (client: Members, request: Members) => string> = new Map([
  ['AnthropicBedrock', (_client, { model, stream }) => `/model/${segment(model)}/invoke${stream === true ? '-with-response-stream' : ''}`],
  [
    'AnthropicVertex',
    ({ projectId, region }, { model, stream }) => `/projects/${segment(projectId)}/locations/${segment(region)}/publishers/anthropic/models/${segment(model)}:${stream === true ? 'streamRawPredict' : 'rawPredict'}`,
  ],
]);

/** What is not known yet, such as a project that comes with the credentials. */
const UNKNOWN = '-';

function segment(value: unknown): string {
  return typeof value === 'string' && value !== '' ? encodeURIComponent(value) : UNKNOWN;
}

/**
 * The path that a request goes to. It differs from the one that the SDK's method names where the client is one for another
 * platform, which rewrites it when it is sent.
 */
export function pathOnPlatform(client: Members, path: string, request: Members): string {
  if (!MESSAGES.test(path)) return path;
  for (let prototype: unknown = Object.getPrototypeOf(client); isObject(prototype); prototype = Object.getPrototypeOf(prototype)) {
    const { constructor } = prototype;
    const rewrite = isFunction(constructor) ? PLATFORMS.get(constructor.name) : undefined;
    if (rewrite !== undefined) return rewrite(client, request);
  }
  return path;
}
