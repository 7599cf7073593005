import type { ErrorClass, Origin } from './vocabulary.ts';

/** What usually holds of a class; a row of another table may say otherwise for its case. */
export interface ClassTraits {
  readonly origin: Origin;
  readonly retryable: boolean;
}

/** The usual origin of each class and whether the same request is worth sending again. */
export const CLASS_TRAITS: Readonly<Record<ErrorClass, ClassTraits>> = {
  rate_limited: { origin: 'provider', retryable: true },
  // Waiting does not refill an account.
  quota_exhausted: { origin: 'account', retryable: false },
  overloaded: { origin: 'provider', retryable: true },
  server_error: { origin: 'provider', retryable: true },
  bad_gateway: { origin: 'gateway', retryable: true },
  gateway_timeout: { origin: 'gateway', retryable: true },
  // A challenge waits for a browser; the same request meets it again.
  blocked_by_edge: { origin: 'gateway', retryable: false },
  authentication: { origin: 'account', retryable: false },
  permission_denied: { origin: 'account', retryable: false },
  model_not_found: { origin: 'request', retryable: false },
  context_length_exceeded: { origin: 'request', retryable: false },
  content_filtered: { origin: 'request', retryable: false },
  invalid_request: { origin: 'request', retryable: false },
  request_too_large: { origin: 'request', retryable: false },
  timeout: { origin: 'client', retryable: true },
  connection_refused: { origin: 'network', retryable: true },
  connection_reset: { origin: 'network', retryable: true },
  connection_closed: { origin: 'network', retryable: true },
  dns: { origin: 'network', retryable: true },
  // A certificate does not become valid by asking again.
  tls: { origin: 'network', retryable: false },
  truncated_response: { origin: 'network', retryable: true },
  malformed_response: { origin: 'provider', retryable: true },
  // Sampling again usually gives arguments that parse.
  invalid_tool_call: { origin: 'provider', retryable: true },
  // As does the text of structured output.
  invalid_output: { origin: 'provider', retryable: true },
  unknown: { origin: 'unknown', retryable: false },
};
