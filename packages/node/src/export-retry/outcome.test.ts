import { expect, it } from 'vitest';
import { outcomeOf } from './outcome.ts';

function grpc(code: number, details?: string): object {
  const get = (name: string): Buffer[] => (name === 'grpc-status-details-bin' && details !== undefined ? [Buffer.from(details)] : []);
  return { status: 'failure', error: Object.assign(new Error(`${code}`), { code, metadata: { get } }) };
}

it.each([
  ['CANCELLED', 1, 'later'],
  ['INVALID_ARGUMENT', 3, 'refused'],
  ['DEADLINE_EXCEEDED', 4, 'later'],
  ['PERMISSION_DENIED', 7, 'refused'],
  ['RESOURCE_EXHAUSTED', 8, 'refused'],
  ['ABORTED', 10, 'later'],
  ['UNIMPLEMENTED', 12, 'refused'],
  ['INTERNAL', 13, 'refused'],
  ['UNAVAILABLE', 14, 'later'],
  ['UNAUTHENTICATED', 16, 'refused'],
])('tries gRPC %s again as the specification of OTLP says', (_name, code, kind) => {
  expect(outcomeOf(grpc(code), 'grpc').kind).toBe(kind);
});

it('comes back to an exhausted gRPC backend that says when to', () => {
  expect(outcomeOf(grpc(8, '\n*type.googleapis.com/google.rpc.RetryInfo\u0012\u0000'), 'grpc').kind).toBe('later');
});

it('names the status of an answer, which the transport leaves out', () => {
  expect(outcomeOf({ status: 'retryable', retryInMillis: 2_000 }, 'http', 503)).toMatchObject({ kind: 'later', error: { message: 'the backend answers 503' }, wait: 2_000 });
});

it('takes what is no answer at all for a refusal', () => {
  expect(outcomeOf(undefined, 'http')).toMatchObject({ kind: 'refused', error: { message: 'the export failed' } });
});
