import { isObject } from '@outspan/sdk-boundary';

/** What a request is about. */
export interface RequestFacts {
  readonly method: string;
  readonly toolName?: string;
  readonly promptName?: string;
  readonly resourceUri?: string;
}

/** Reads a request, on whichever side; undefined where it is none. */
export function readRequest(request: unknown): RequestFacts | undefined {
  if (!isObject(request) || typeof request['method'] !== 'string') return undefined;
  const { method } = request;
  const params = isObject(request['params']) ? request['params'] : {};
  const name = textOf(params['name']);
  const uri = textOf(params['uri']);
  return {
    method,
    ...(method === 'tools/call' && name !== undefined && { toolName: name }),
    ...(method === 'prompts/get' && name !== undefined && { promptName: name }),
    ...(method.startsWith('resources/') && uri !== undefined && { resourceUri: uri }),
  };
}

/** The arguments that a tool is called with. */
export function argumentsOf(request: unknown): unknown {
  const params = isObject(request) ? request['params'] : undefined;
  return isObject(params) ? params['arguments'] : undefined;
}

/** The id of a message, as text: numbers and texts are both allowed. */
export function idOf(message: unknown): string | undefined {
  const id = isObject(message) ? message['id'] : undefined;
  return typeof id === 'number' || typeof id === 'string' ? String(id) : undefined;
}

/** Where the protocol has room for what is not its own. */
export function metaOf(request: unknown): Readonly<Record<string, unknown>> {
  const params = isObject(request) ? request['params'] : undefined;
  const meta = isObject(params) ? params['_meta'] : undefined;
  return isObject(meta) ? meta : {};
}

/** The message with more in its `_meta`, beside what is there. The message itself stays as it is. */
export function withMeta(message: Readonly<Record<string, unknown>>, more: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const params = isObject(message['params']) ? message['params'] : {};
  return { ...message, params: { ...params, _meta: { ...more, ...metaOf(message) } } };
}

/** The version that client and server agree on, in the answer to `initialize`. */
export function agreedVersion(result: unknown): string | undefined {
  return isObject(result) ? textOf(result['protocolVersion']) : undefined;
}

/** Whether a tool says that it failed, which no exception tells. */
export function saysError(result: unknown): boolean {
  return isObject(result) && result['isError'] === true;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
