import type { Ending, Phase } from '@outspan/core';
import { isObject } from './shape.ts';

/**
 * A connection that was closed, by its own name: Node gives that of a FIN the code of a reset.
 */
export const CLOSED = 'ERR_STREAM_PREMATURE_CLOSE';

/** Node's own agents, under `NODE_USE_ENV_PROXY=1`: what the proxy answered to CONNECT is the error's `statusCode`. */
const TUNNEL_REFUSED = 'ERR_PROXY_TUNNEL';

/** How deep an error's cause is looked for. */
const DEEPEST = 4;

/** What a request's failure says of the ending, where it was the transport that failed. */
export function endingOfFailure(error: unknown, phase: Phase): Ending {
  if (!isObject(error)) return { by: 'caller' };
  const code = codeOf(error);
  const { statusCode } = error;
  if (code === TUNNEL_REFUSED && typeof statusCode === 'number') return { by: 'network', code, phase: 'connect', proxyStatus: statusCode };
  // A signal that was aborted before the request existed fails it by the same way.
  if (code === undefined || code === 'ABORT_ERR') return endingOfStop(error, false, phase);
  return { by: 'network', code: isHangUp(error) && phase !== 'tls' ? CLOSED : code, phase };
}

/**
 * What it says of the ending that a client gave up, by the reason that it gave to `destroy()`.
 *
 * @param timedOut whether the request had told its client before that nothing came
 */
export function endingOfStop(reason: unknown, timedOut: boolean, phase: Phase): Ending {
  // Clients that listen to the socket themselves hear of its error before the request does, and pass it on.
  if (isTransportError(reason)) return endingOfFailure(reason, phase);
  return timedOut || isDeadline(reason, DEEPEST) ? { by: 'deadline', phase } : { by: 'caller' };
}

/** Whether a client gives up because its connection did: it names the system call, or the code that Node gives every loss. */
function isTransportError(reason: unknown): boolean {
  return isObject(reason) && typeof reason['code'] === 'string' && (typeof reason['syscall'] === 'string' || reason['code'] === 'ECONNRESET');
}

/** Whether Node says that the connection was closed, rather than reset, under a request or its answer. */
export function isHangUp(error: unknown): boolean {
  // An error of the socket's own names the system call.
  return isObject(error) && error['code'] === 'ECONNRESET' && error['syscall'] === undefined;
}

/** The code that tells most: of what was cancelled along with its connection, that of the connection. */
function codeOf(error: Readonly<Record<string, unknown>>): string | undefined {
  const { cause, code } = error;
  const deeper = code === 'ERR_HTTP2_STREAM_CANCEL' && isObject(cause) ? codeOf(cause) : undefined;
  return deeper ?? (typeof code === 'string' ? code : undefined);
}

/** Codes of deadlines: of got and axios, and of `net` for its own. */
const DEADLINES: ReadonlySet<unknown> = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT', 'ERR_SOCKET_CONNECTION_TIMEOUT']);

function isDeadline(reason: unknown, depth: number): boolean {
  if (!isObject(reason) || depth === 0) return false;
  // AbortSignal.timeout() is a TimeoutError; so are those of got and of the AWS SDK.
  if (reason['name'] === 'TimeoutError' || DEADLINES.has(reason['code'])) return true;
  // axios gives its deadline the code of an abort, unless told otherwise.
  if (reason['code'] === 'ECONNABORTED' && typeof reason['message'] === 'string' && /timeout/i.test(reason['message'])) return true;
  return isDeadline(reason['cause'], depth - 1);
}
