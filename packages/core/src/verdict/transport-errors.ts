import type { ClassFacts } from './verdict.ts';

/**
 * What a transport's error code says of a request that got no answer.
 * In a response's body the same codes mean that the answer was cut: `judge-attempt.ts` decides that.
 */
const BY_CODE: Readonly<Record<string, ClassFacts>> = {
  ECONNREFUSED: { class: 'connection_refused' },
  // No connection could be made: the vocabulary has one word for that, whatever the kernel's reason.
  EHOSTUNREACH: { class: 'connection_refused' },
  ENETUNREACH: { class: 'connection_refused' },
  EHOSTDOWN: { class: 'connection_refused' },
  ENETDOWN: { class: 'connection_refused' },
  // Out of local ports or file descriptors: this process's doing.
  EADDRNOTAVAIL: { class: 'connection_refused', origin: 'client' },
  EMFILE: { class: 'connection_refused', origin: 'client' },
  ENFILE: { class: 'connection_refused', origin: 'client' },

  ECONNRESET: { class: 'connection_reset' },
  ECONNABORTED: { class: 'connection_reset' },
  EPIPE: { class: 'connection_reset' },
  ERR_HTTP2_STREAM_ERROR: { class: 'connection_reset' },

  // undici's "other side closed", also on a stale keep-alive socket.
  UND_ERR_SOCKET: { class: 'connection_closed' },
  SocketError: { class: 'connection_closed' },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: { class: 'connection_closed' },
  ERR_STREAM_PREMATURE_CLOSE: { class: 'connection_closed' },
  ERR_HTTP2_GOAWAY_SESSION: { class: 'connection_closed' },
  ERR_HTTP2_SESSION_ERROR: { class: 'connection_closed' },
  ERR_HTTP2_STREAM_CANCEL: { class: 'connection_closed' },
  // The parser met the end inside a message: an early close, not garbage.
  HPE_INVALID_EOF_STATE: { class: 'connection_closed' },
  // The application closed its own client or agent.
  UND_ERR_CLOSED: { class: 'connection_closed', origin: 'client', retryable: false },
  UND_ERR_DESTROYED: { class: 'connection_closed', origin: 'client', retryable: false },
  // What the application allows an answer to be.
  UND_ERR_RES_EXCEEDED_MAX_SIZE: { class: 'connection_closed', origin: 'client', retryable: false },

  // The resolver answered that there is no such name; asking again gets the same answer.
  ENOTFOUND: { class: 'dns', retryable: false },
  ENODATA: { class: 'dns', retryable: false },
  EAI_AGAIN: { class: 'dns' },
  EAI_FAIL: { class: 'dns' },
  EAI_NODATA: { class: 'dns', retryable: false },
  EAI_NONAME: { class: 'dns', retryable: false },
  ESERVFAIL: { class: 'dns' },
  // c-ares' spelling; the kernel's is ETIMEDOUT.
  ETIMEOUT: { class: 'dns' },

  EPROTO: { class: 'tls' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { class: 'tls' },
  SELF_SIGNED_CERT_IN_CHAIN: { class: 'tls' },
  HOSTNAME_MISMATCH: { class: 'tls' },
  INVALID_CA: { class: 'tls' },
  INVALID_PURPOSE: { class: 'tls' },
  PATH_LENGTH_EXCEEDED: { class: 'tls' },
  UND_ERR_PRX_TLS: { class: 'tls' },

  UND_ERR_CONNECT_TIMEOUT: { class: 'timeout', phase: 'connect' },
  ERR_SOCKET_CONNECTION_TIMEOUT: { class: 'timeout', phase: 'connect' },
  UND_ERR_HEADERS_TIMEOUT: { class: 'timeout', phase: 'headers' },
  UND_ERR_BODY_TIMEOUT: { class: 'timeout', phase: 'body' },
  ESOCKETTIMEDOUT: { class: 'timeout' },
  // The kernel gave up on unanswered packets: no deadline of the caller's.
  ETIMEDOUT: { class: 'timeout', origin: 'network' },

  // Bytes that are no HTTP message. No `code` on undici 7 and 8, so the error's name stands for it.
  HTTPParserError: { class: 'malformed_response', origin: 'gateway' },
  UND_ERR_HEADERS_OVERFLOW: { class: 'malformed_response', origin: 'gateway' },

  // The client refused to send what it was given.
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: { class: 'invalid_request', origin: 'client' },
  UND_ERR_INVALID_ARG: { class: 'invalid_request', origin: 'client' },
  ERR_INVALID_ARG_TYPE: { class: 'invalid_request', origin: 'client' },
  ERR_INVALID_ARG_VALUE: { class: 'invalid_request', origin: 'client' },

  // Bun (measured on 1.2, 1.3 and 1.4). Before 1.4 a failed look-up and a failed handshake are a ConnectionRefused too.
  ConnectionRefused: { class: 'connection_refused' },
  Malformed_HTTP_Response: { class: 'malformed_response', origin: 'gateway' },
  InvalidHTTPResponse: { class: 'malformed_response', origin: 'gateway' },
  ZlibError: { class: 'malformed_response', origin: 'gateway' },

  // Transports without codes: what `transport-messages.ts` reads of their words.
  connection_closed: { class: 'connection_closed' },
  dns: { class: 'dns' },
  tls: { class: 'tls' },
  malformed_response: { class: 'malformed_response', origin: 'gateway' },
};

/** Families of codes, for those that are not listed one by one. */
const BY_PREFIX: readonly (readonly [prefix: string, facts: ClassFacts])[] = [
  ['CERT_', { class: 'tls' }],
  ['ERR_TLS_', { class: 'tls' }],
  ['ERR_SSL_', { class: 'tls' }],
  ['UNABLE_TO_', { class: 'tls' }],
  ['CRL_', { class: 'tls' }],
  ['ERROR_IN_C', { class: 'tls' }],
  ['HPE_', { class: 'malformed_response', origin: 'gateway' }],
  // zlib: what a content-encoding promised and the bytes are not.
  ['Z_', { class: 'malformed_response', origin: 'gateway' }],
  ['NGHTTP2_', { class: 'connection_reset' }],
  ['ERR_HTTP2_', { class: 'connection_closed' }],
];

/** What a transport's error code (or, where it has none, its error's name) amounts to; `undefined` for one that is not known. */
export function classOfTransportError(code: string): ClassFacts | undefined {
  if (Object.hasOwn(BY_CODE, code)) return BY_CODE[code];
  return BY_PREFIX.find(([prefix]) => code.startsWith(prefix))?.[1];
}
