import { method, reach } from '../last-export/reach.ts';

/** What became of sending a batch once. */
export type Outcome =
  /** The backend has it. */
  | { readonly kind: 'taken'; readonly answer?: Uint8Array }
  /** It is worth sending again. */
  | { readonly kind: 'later'; readonly error: Error; readonly wait?: number }
  /** It would be refused again. */
  | { readonly kind: 'refused'; readonly error: Error };

/** gRPC status codes that the OTLP specification has clients try again. */
const GRPC_RETRYABLE: ReadonlySet<unknown> = new Set([
  1, // CANCELLED
  4, // DEADLINE_EXCEEDED
  10, // ABORTED
  11, // OUT_OF_RANGE
  14, // UNAVAILABLE
  15, // DATA_LOSS
]);
const GRPC_RESOURCE_EXHAUSTED = 8;

/** An exhausted backend that may recover says when to come back, by a message of this type. */
function saysWhenToRetry(error: unknown): boolean {
  const details = method(reach(error, 'metadata'), 'get')?.('grpc-status-details-bin');
  return Array.isArray(details) && details.some((detail) => detail instanceof Uint8Array && Buffer.from(detail).includes('google.rpc.RetryInfo'));
}

function isRetryableByGrpc(error: unknown): boolean {
  const code = reach(error, 'code');
  return GRPC_RETRYABLE.has(code) || (code === GRPC_RESOURCE_EXHAUSTED && saysWhenToRetry(error));
}

/** The error that a transport gives, or one that says what it leaves out. */
function errorOf(value: unknown, instead: string): Error {
  if (value instanceof Error && (value.message !== '' || 'code' in value)) return value;
  return Object.assign(new Error(instead), { name: 'OTLPExporterError' });
}

/**
 * Reads what a transport of the SDK says of one try.
 *
 * @param status of the HTTP answer, which the transport does not give
 */
export function outcomeOf(response: unknown, protocol: 'http' | 'grpc', status?: number): Outcome {
  const error = reach(response, 'error');
  switch (reach(response, 'status')) {
    case 'success': {
      const data = reach(response, 'data');
      return { kind: 'taken', ...(data instanceof Uint8Array && { answer: data }) };
    }
    case 'retryable': {
      const wait = reach(response, 'retryInMillis');
      return { kind: 'later', error: errorOf(error, `the backend answers ${status ?? 'that it is not available'}`), ...(typeof wait === 'number' && { wait }) };
    }
    default:
      return protocol === 'grpc' && isRetryableByGrpc(error) ? { kind: 'later', error: errorOf(error, 'the backend is not available') } : { kind: 'refused', error: errorOf(error, 'the export failed') };
  }
}
