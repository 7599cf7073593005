import { codeOfMessage } from '@outspan/core';
import type { Ending, Phase } from '@outspan/core';
import { isObject } from './request.ts';

/** undici's own deadlines. */
const DEADLINES: Readonly<Record<string, Phase>> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  UND_ERR_HEADERS_TIMEOUT: 'headers',
  UND_ERR_BODY_TIMEOUT: 'body',
};

const COLLECTED = 'Response object has been garbage collected';

/** A proxy's refusal of a tunnel: undici gives it the code of an abort. */
const REFUSED_TUNNEL = /^Proxy response \((\d{3})\) /;

/**
 * Judges an error of which undici said that there was no connection for it.
 *
 * @param protocol of the origin, or of the proxy's
 * @returns undefined for an error that is not the connection's
 */
export function endingOfConnecting(error: unknown, protocol: unknown): Ending | undefined {
  if (!isObject(error)) return undefined;
  const { code, message, syscall } = error;
  const refused = typeof message === 'string' ? REFUSED_TUNNEL.exec(message)?.[1] : undefined;
  if (refused !== undefined) return { by: 'network', code: 'UND_ERR_ABORTED', proxyStatus: Number(refused), phase: 'connect' };
  if (typeof code !== 'string' || Object.hasOwn(DEADLINES, code) || code.endsWith('_ABORTED')) return undefined;
  // TCP's own failures name the system call. What else fails at a secure origin fails in the handshake.
  return { by: 'network', code, phase: protocol === 'https:' && syscall !== 'connect' && syscall !== 'getaddrinfo' ? 'tls' : 'connect' };
}

/**
 * What the value on `undici:request:error` says of the ending. It can be anything: errors of the transport, a
 * DOMException, whatever a caller gave as the reason of its abort, or undefined.
 *
 * @param phase where in the exchange it happened
 */
export function endingOf(error: unknown, phase: Phase): Ending {
  if (error === COLLECTED) return { by: 'abandonment' };
  if (!isObject(error)) return { by: 'caller' };
  const name = typeof error['name'] === 'string' ? error['name'] : '';
  // AbortSignal.timeout() aborts with this reason. Its code is the legacy number 23.
  if (name === 'TimeoutError') return { by: 'deadline', phase };
  const code = error['code'];
  // A number is a DOMException's code (20: AbortError).
  if (name === 'AbortError' || code === 'UND_ERR_ABORTED' || code === 'ABORT_ERR' || typeof code === 'number') return { by: 'caller' };
  if (typeof code === 'string') {
    const deadline = DEADLINES[code];
    return deadline === undefined ? { by: 'network', code, phase } : { by: 'deadline', phase: deadline };
  }
  // Parser errors have no code since undici 7.
  if (name === 'HTTPParserError' || name === 'SocketError') return { by: 'network', code: codeOfMessage(error['message']) ?? name, phase };
  // An error without a code is a reason that the caller gave, or came from the body that the caller sends.
  return { by: 'caller' };
}
