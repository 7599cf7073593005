import { classOfProviderError, namesClass } from './error-classes.ts';
import { classOfTransportError } from './transport-errors.ts';
import { codeOfMessage } from './transport-messages.ts';
import type { ClassFacts, SdkErrorFacts } from './verdict.ts';

/** What an SDK's error means for the operation it ended. */
export type SdkErrorMeaning =
  /** The caller's own abort; not `certain` where the SDK's own deadline looks the same. */
  | { readonly kind: 'cancelled'; readonly certain: boolean }
  /** No answer, or half of one, by what the SDK says: connection, timeout, an HTTP error. */
  | { readonly kind: 'failure'; readonly facts: ClassFacts; readonly transportCode?: string }
  /** The SDK could not read the answer as what it should be. Whether that is the answer's fault, its bytes tell. */
  | { readonly kind: 'unreadable' }
  /** The SDK, or the application's own code in it, did not like the answer, or the request before it was sent. */
  | { readonly kind: 'client' };

/** Errors by their class's name, over all SDKs that share these spellings. */
const BY_NAME: ReadonlyMap<string, SdkErrorMeaning> = new Map<string, SdkErrorMeaning>([
  ['APIUserAbortError', { kind: 'cancelled', certain: true }],
  ['RequestAbortedError', { kind: 'cancelled', certain: false }],
  ['APIConnectionTimeoutError', { kind: 'failure', facts: { class: 'timeout' } }],
  ['RequestTimeoutError', { kind: 'failure', facts: { class: 'timeout' } }],
  ['TimeoutError', { kind: 'failure', facts: { class: 'timeout' } }],
  ['CohereTimeoutError', { kind: 'failure', facts: { class: 'timeout' } }],
  ['AbortError', { kind: 'cancelled', certain: false }],
  ['APIConnectionError', { kind: 'failure', facts: { class: 'connection_closed' } }],
  ['ConnectionError', { kind: 'failure', facts: { class: 'connection_closed' } }],
  // AWS: there is nobody to sign as.
  ['CredentialsProviderError', { kind: 'failure', facts: { class: 'authentication', origin: 'client' } }],
  ['SyntaxError', { kind: 'unreadable' }],
  ['JSONParseError', { kind: 'unreadable' }],
  ['AI_JSONParseError', { kind: 'unreadable' }],
  ['ResponseValidationError', { kind: 'unreadable' }],
  // The answer came whole and says why it is short: that is the wire's to judge.
  ['LengthFinishReasonError', { kind: 'client' }],
  ['ContentFilterFinishReasonError', { kind: 'client' }],
]);

/** The same by the messages that the Stainless SDKs build into these errors: in a bundle, class names are mangled. */
const BY_MESSAGE: ReadonlyMap<string, string> = new Map([
  ['Request was aborted.', 'APIUserAbortError'],
  ['Request timed out.', 'APIConnectionTimeoutError'],
  ['Connection error.', 'APIConnectionError'],
]);

const MAX_CAUSES = 5;

/**
 * Reads an error that an SDK threw: names, the provider's code, type and status, and the transport's codes along its causes.
 * Touches plain data properties only and never throws, whatever was thrown.
 */
export function readSdkError(error: unknown): SdkErrorFacts {
  const names: string[] = [];
  const transportCodes: string[] = [];
  let provider: SdkErrorFacts['provider'] = {};
  let current: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES && isObject(current); depth++) {
    const ownName = constructorName(current);
    for (const name of [ownName, property(current, 'name')]) {
      if (typeof name === 'string' && name !== 'Error' && name !== 'DOMException' && !names.includes(name)) names.push(name);
    }
    const code = property(current, 'code');
    // What has a status was answered: its message is the provider's.
    const message = httpStatusOf(current) === undefined ? property(current, 'message') : undefined;
    const transportCode = [code, codeOfMessage(message), ownName].find(isTransportCode);
    if (transportCode !== undefined) transportCodes.push(transportCode);
    if (depth === 0) {
      provider = readProvider(current, code);
      const meant = BY_MESSAGE.get(provider.message ?? '');
      // Behind its own name, and before those of its causes.
      if (meant !== undefined && !names.includes(meant)) names.splice(1, 0, meant);
    }
    current = property(current, 'cause');
  }
  return { names, provider, transportCodes };
}

function isTransportCode(value: unknown): value is string {
  return typeof value === 'string' && classOfTransportError(value) !== undefined;
}

function readProvider(error: object, code: unknown): SdkErrorFacts['provider'] {
  const type = property(error, 'type');
  const status = httpStatusOf(error);
  const message = property(error, 'message');
  return {
    ...(typeof code === 'string' && { code }),
    ...(typeof type === 'string' && { type }),
    ...(typeof status === 'number' && { status }),
    ...(typeof message === 'string' && { message }),
  };
}

function httpStatusOf(error: object): unknown {
  return property(error, 'status') ?? property(error, 'statusCode');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function property(value: object, name: string): unknown {
  try {
    return Reflect.get(value, name);
  } catch {
    // A getter of somebody else's error; what it hides stays hidden.
    return undefined;
  }
}

function constructorName(value: object): string | undefined {
  const maker = property(value, 'constructor');
  const name = typeof maker === 'function' ? property(maker, 'name') : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** What an SDK's error means. */
export function meaningOfSdkError(error: SdkErrorFacts): SdkErrorMeaning {
  // The outer error first: a timeout's cause often is an AbortError.
  const named = error.names.map((name) => BY_NAME.get(name)).find((meaning) => meaning !== undefined);
  if (named !== undefined && (named.kind !== 'failure' || named.facts.class === 'timeout')) return named;
  for (const code of error.transportCodes) {
    const facts = classOfTransportError(code);
    if (facts !== undefined) return { kind: 'failure', facts, transportCode: code };
  }
  if (named !== undefined) return named;
  if (namesClass(error.provider)) return { kind: 'failure', facts: classOfProviderError(error.provider) };
  const { status } = error.provider;
  // A redirect that the client did not follow: nobody's answer.
  if (status !== undefined && status >= 300 && status < 400) return { kind: 'failure', facts: { class: 'malformed_response', origin: 'gateway', retryable: false } };
  return { kind: 'client' };
}
