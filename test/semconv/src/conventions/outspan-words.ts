/**
 * The closed vocabularies of `outspan.*` attributes, as users' alerts are written against them. They are spelled out here
 * rather than imported: a word that changes in the code has to change here as well, knowingly.
 */

export const ERROR_CLASSES: readonly string[] = [
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
  'unknown',
];

export const ORIGINS: readonly string[] = ['provider', 'gateway', 'network', 'account', 'request', 'client', 'unknown'];

export const TRUNCATION_KINDS: readonly string[] = [
  'connection_lost',
  'stream_unterminated',
  'event_incomplete',
  'json_incomplete',
  'compression_incomplete',
  'stalled',
  'token_limit',
  'tool_arguments_incomplete',
];

export const PHASES: readonly string[] = ['connect', 'tls', 'headers', 'body'];
