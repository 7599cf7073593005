// Query parameters whose values say which API is called and can be no secret. Every other value is redacted.
const PLAIN_PARAMETERS: ReadonlySet<string> = new Set(['alt', 'api-version', 'beta', 'stream']);
const MAX_URL_LENGTH = 2_048;

/** A URL as it may be recorded (`url.full`): no user, no password, no fragment, no value of a query parameter that could be a secret. */
export function recordableUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}${recordableQuery(url)}`.slice(0, MAX_URL_LENGTH);
}

/** The query of a URL as it may be recorded, with its question mark; empty where there is none. */
export function recordableQuery(url: URL): string {
  let query = '';
  if (url.search === '') return query;
  for (const [name, value] of url.searchParams) {
    query += `${query === '' ? '?' : '&'}${encodeURIComponent(name)}=${PLAIN_PARAMETERS.has(name.toLowerCase()) ? encodeURIComponent(value) : 'REDACTED'}`;
  }
  return query;
}

/** The port of a URL, also where the scheme implies it. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'http:' ? 80 : 443;
}

/** The host of a URL as `server.address`: an IPv6 address without its brackets. */
export function addressOf(url: URL): string {
  return url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
}
