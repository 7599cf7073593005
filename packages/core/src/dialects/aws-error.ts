import { asObject, asText } from '../body/json-access.ts';
import type { ProviderError } from './dialect.ts';
import { readProviderError } from './provider-error.ts';

/** `com.amazon.coral.service#ThrottlingException`, `ValidationException:http://internal.amazon.com/…`. */
const NAME = /^(?:[\w.]+#)?(?<name>[A-Za-z]\w*)/;

/** The name of an AWS error out of how a header or a body spells it. */
export function awsErrorName(spelt: string | undefined): string | undefined {
  return spelt === undefined || spelt.length > 256 ? undefined : NAME.exec(spelt)?.groups?.['name'];
}

/** Reads an AWS error document: `{message}`, also with a capital, the name in `__type` or, mostly, in a header alone. Gateways' envelopes too. */
export function readAwsError(body: unknown): ProviderError | undefined {
  const document = asObject(body);
  if (document === undefined) return undefined;
  const code = awsErrorName(asText(document['__type']) ?? (asObject(document['error']) === undefined ? asText(document['code']) : undefined));
  const message = asText(document['message']) ?? asText(document['Message']) ?? asText(document['errorMessage']);
  if (code === undefined) return readProviderError(message === undefined ? body : { ...document, message });
  return { code, ...(message !== undefined && { message }) };
}

/** An error in a stream: its type, in lower camel case, and a document. */
export function readAwsException(type: string, body: unknown): ProviderError {
  const error = readAwsError(body);
  return { ...error, code: error?.code ?? awsErrorName(type.replace(/^[a-z]/, (letter) => letter.toUpperCase())) ?? 'UnknownException' };
}
