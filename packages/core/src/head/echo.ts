/** Request headers that hold credentials, of every provider that is known. */
const CREDENTIALS: readonly string[] = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'proxy-authorization', 'cookie'];
/** A shorter value may be part of a credential by chance. */
const SHORTEST = 8;

/** The credentials that a request sends, to know them again. @param header a request header's value by its lower-case name */
export function credentialsIn(header: ((name: string) => string | undefined) | undefined): readonly string[] {
  return header === undefined ? [] : CREDENTIALS.map(header).filter((value) => value !== undefined);
}

/** Whether what a server sent is what it was sent: (part of) a credential, whatever it looks like. @param url of the request; it may hold a key */
export function isEchoedCredential(value: string, url: URL, credentials: readonly string[]): boolean {
  if (value.length < SHORTEST) return false;
  return url.href.includes(value) || credentials.some((credential) => credential.includes(value));
}
