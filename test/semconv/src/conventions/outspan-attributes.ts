import { ERROR_CLASSES, ORIGINS, PHASES, TRUNCATION_KINDS } from './outspan-words.ts';
import type { AttributeType } from './registry.ts';

/** An attribute of ours: only for what the conventions have no name for. */
export interface OutspanAttribute {
  readonly type: AttributeType;
  readonly on: readonly ('operation' | 'attempt' | 'step')[];
  readonly values?: readonly string[];
  /** The value is a list of `values`, separated by commas. */
  readonly list?: true;
  /** Present on every such span. */
  readonly always?: true;
}

const BOTH = ['operation', 'attempt'] as const;
const ALL = ['operation', 'attempt', 'step'] as const;

/** Every `outspan.*` attribute there is. */
export const OUTSPAN_ATTRIBUTES: ReadonlyMap<string, OutspanAttribute> = new Map<string, OutspanAttribute>([
  ['outspan.operation.boundary', { type: 'string', on: ['operation'], values: ['sdk', 'native', 'inferred'], always: true }],
  ['outspan.operation.cancelled', { type: 'boolean', on: ['operation', 'step'] }],
  ['outspan.operation.interrupted', { type: 'boolean', on: ['operation', 'step'] }],
  ['outspan.retry.count', { type: 'int', on: ['operation'], always: true }],
  ['outspan.retry.delay', { type: 'double', on: ['operation'] }],
  ['outspan.attempt.number', { type: 'int', on: ['attempt'], always: true }],
  ['outspan.error.class', { type: 'string', on: ALL, values: ERROR_CLASSES }],
  ['outspan.error.origin', { type: 'string', on: ALL, values: ORIGINS }],
  ['outspan.error.retryable', { type: 'boolean', on: ALL }],
  ['outspan.error.phase', { type: 'string', on: ALL, values: PHASES }],
  ['outspan.response.truncated', { type: 'boolean', on: ALL }],
  ['outspan.response.truncation.kind', { type: 'string', on: ALL, values: TRUNCATION_KINDS, list: true }],
  ['outspan.response.bytes_received', { type: 'int', on: ['attempt'] }],
  ['outspan.response.bytes_expected', { type: 'int', on: ['attempt'] }],
  ['outspan.response.tool_calls.invalid', { type: 'int', on: ['operation'] }],
  ['outspan.provider.request_id', { type: 'string', on: BOTH }],
  ['outspan.provider.processing_time', { type: 'double', on: ['attempt'] }],
  ['outspan.edge.location', { type: 'string', on: ['attempt'] }],
  ['outspan.rate_limit.requests.limit', { type: 'int', on: ['attempt'] }],
  ['outspan.rate_limit.requests.remaining', { type: 'int', on: ['attempt'] }],
  ['outspan.rate_limit.requests.reset', { type: 'double', on: ['attempt'] }],
  ['outspan.rate_limit.tokens.limit', { type: 'int', on: ['attempt'] }],
  ['outspan.rate_limit.tokens.remaining', { type: 'int', on: ['attempt'] }],
  ['outspan.rate_limit.tokens.reset', { type: 'double', on: ['attempt'] }],
  ['outspan.retry_after', { type: 'double', on: ['attempt'] }],
]);
