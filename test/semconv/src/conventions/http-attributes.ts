import type { AttributeUse } from './registry.ts';

/**
 * The attributes of an HTTP client span, by the stable HTTP conventions (OpenTelemetry semantic conventions v1.44.0,
 * docs/http/http-spans.md, "HTTP client span"), as far as an attempt may carry them.
 */
export const HTTP_ATTRIBUTES: ReadonlyMap<string, AttributeUse> = new Map<string, AttributeUse>([
  ['http.request.method', { type: 'string', requirement: 'required' }],
  ['server.address', { type: 'string', requirement: 'required' }],
  ['server.port', { type: 'int', requirement: 'required' }],
  ['url.full', { type: 'string', requirement: 'required' }],
  ['error.type', { type: 'string', requirement: 'conditionally_required', condition: 'if the request ended with an error' }],
  ['http.response.status_code', { type: 'int', requirement: 'conditionally_required', condition: 'if one was received' }],
  ['http.request.resend_count', { type: 'int', requirement: 'recommended', condition: 'if the request was retried' }],
]);
