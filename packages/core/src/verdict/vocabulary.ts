/**
 * The closed vocabularies of a verdict. They become attribute values, metric labels and alert rules,
 * so a word is only ever added here, never renamed.
 */

/** Whose side a failure is on. Written to `outspan.error.origin`. */
export const ORIGINS = ['provider', 'gateway', 'network', 'account', 'request', 'client', 'unknown'] as const;
/** Whose side a failure is on. */
export type Origin = (typeof ORIGINS)[number];

/**
 * What kind of failure it was, coarse enough to alert on. Written to `outspan.error.class`;
 * the fine-grained counterpart is `error.type`.
 */
export const ERROR_CLASSES = [
  'rate_limited',
  'quota_exhausted',
  'overloaded',
  'server_error',
  'bad_gateway',
  'gateway_timeout',
  'blocked_by_edge',
  'authentication',
  'permission_denied',
  'model_not_found',
  'context_length_exceeded',
  'content_filtered',
  'invalid_request',
  'request_too_large',
  'timeout',
  'connection_refused',
  'connection_reset',
  'connection_closed',
  'dns',
  'tls',
  'truncated_response',
  'malformed_response',
  'invalid_tool_call',
  'invalid_output',
  'unknown',
] as const;
/** What kind of failure it was. */
export type ErrorClass = (typeof ERROR_CLASSES)[number];

/** How an answer fell short of being whole. Written to `outspan.response.truncation.kind`. */
export const TRUNCATION_KINDS = [
  'connection_lost',
  'stream_unterminated',
  'event_incomplete',
  'json_incomplete',
  'compression_incomplete',
  'stalled',
  'token_limit',
  'tool_arguments_incomplete',
] as const;
/** How an answer fell short of being whole. */
export type TruncationKind = (typeof TRUNCATION_KINDS)[number];

/** Where an attempt failed. Written to `outspan.error.phase` for class `timeout`, and for failures before there was a connection. */
export const PHASES = ['connect', 'tls', 'headers', 'body'] as const;
/** Where in an attempt something happened. */
export type Phase = (typeof PHASES)[number];

/** How the boundary of an operation is known. Written to `outspan.operation.boundary`. */
export const BOUNDARIES = ['sdk', 'native', 'inferred'] as const;
/** How the boundary of an operation is known. */
export type Boundary = (typeof BOUNDARIES)[number];
