// Query parameters whose values say which API is called and can be no secret. Every other value is redacted.
const PLAIN_PARAMETERS: ReadonlySet<string> = new Set(['alt', 'api-version', 'beta', 'stream']);
const MAX_URL_LENGTH = 2_048;

/** What telemetry tells of where a request goes. */
export interface Endpoint {
  /** `server.address`: an IPv6 address without its brackets. */
  readonly address: string;
  /** `server.port`, also where the scheme implies it. */
  readonly port: number;
  /** `url.full`: no user, no password, no fragment, no value of a query parameter that could be a secret. */
  readonly url: string;
  /** `url.query`, redacted likewise; empty where there is none. */
  readonly query: string;
}

// Reading a URL's parts costs more than all else of an attribute; an application's URLs are few objects, used again.
const known = new WeakMap<URL, Endpoint>();

/** Where a request to `url` goes. The URL must not be changed afterwards. */
export function endpointOf(url: URL): Endpoint {
  let endpoint = known.get(url);
  if (endpoint === undefined) known.set(url, (endpoint = readEndpoint(url)));
  return endpoint;
}

function readEndpoint(url: URL): Endpoint {
  const { hostname } = url;
  const query = redactedQuery(url);
  return {
    address: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    port: url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port),
    url: `${url.protocol}//${url.host}${url.pathname}${query === '' ? '' : '?'}${query}`.slice(0, MAX_URL_LENGTH),
    query,
  };
}

function redactedQuery(url: URL): string {
  if (url.search === '') return '';
  const parameters: string[] = [];
  for (const [name, value] of url.searchParams) {
    parameters.push(`${encodeURIComponent(name)}=${PLAIN_PARAMETERS.has(name.toLowerCase()) ? encodeURIComponent(value) : 'REDACTED'}`);
  }
  return parameters.join('&');
}
