import type { WireEvent } from '../wire/sse.ts';
import type { Call } from './call.ts';
import type { ErrorKind, WireDialect } from './wire-dialect.ts';

type ErrorText = readonly [name: string, message: string];

const ERRORS: Readonly<Record<ErrorKind, ErrorText>> = {
  server_error: ['InternalServerException', 'The system encountered an unexpected error during processing. Try your request again.'],
  unavailable: ['ServiceUnavailableException', 'Bedrock is unable to process your request.'],
  overloaded: ['ModelNotReadyException', 'Model is not ready for inference. Please wait and try your request again.'],
  rate_limited: ['ThrottlingException', 'Too many requests, please wait before trying again.'],
  quota_exhausted: ['ThrottlingException', 'Too many tokens per day, please wait before trying again.'],
  payment_required: ['ServiceQuotaExceededException', 'Your request exceeds the service quota for your account.'],
  unauthenticated: ['UnrecognizedClientException', 'The security token included in the request is invalid.'],
  permission_denied: ['AccessDeniedException', "You don't have access to the model with the specified model ID."],
  model_not_found: ['ResourceNotFoundException', 'Could not resolve the foundation model from the provided model identifier.'],
  context_length_exceeded: ['ValidationException', 'Input is too long for requested model.'],
  content_filtered: ['ValidationException', 'Output blocked by content filtering policy'],
  invalid_request: ['ValidationException', 'Malformed input request: #: required key [messages] not found, please reformat your input and try again.'],
  unprocessable: ['ValidationException', 'Malformed input request: #/temperature: expected type: Number, please reformat your input and try again.'],
  conflict: ['ConflictException', 'Error occurred because of a conflict while performing an operation.'],
  request_too_large: ['RequestEntityTooLargeException', 'The request entity is too large.'],
};

/** What all of Bedrock's APIs share: its headers and its errors, whose name is in a header or in the message's type alone. */
export const BEDROCK: Pick<WireDialect, 'headers' | 'exhausted' | 'error' | 'errorHeaders' | 'errorEvent' | 'stream'> = {
  stream: 'frames',
  headers: ({ requestId }: Call) => ({ 'x-amzn-requestid': requestId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') }),
  exhausted: () => ({}),
  error: (kind) => ({ message: ERRORS[kind][1] }),
  errorHeaders: (kind) => ({ 'x-amzn-errortype': `${ERRORS[kind][0]}:http://internal.amazon.com/coral/com.amazon.bedrock/` }),
  errorEvent(kind): WireEvent {
    // A model that is not ready is no exception of a stream.
    const [name, message] = ERRORS[kind === 'overloaded' ? 'unavailable' : kind];
    return { role: 'other', exception: name.replace(/^[A-Z]/, (letter) => letter.toLowerCase()), data: JSON.stringify({ message }) };
  },
};
