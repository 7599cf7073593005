import { holdsCredential, REDACTED, withoutCredentials } from './credentials.ts';

// Query parameters whose values say which API is called and can be no secret. Every other value is redacted.
const PLAIN_PARAMETERS: ReadonlySet<string> = new Set(['alt', 'api-version', 'beta', 'stream']);
const PARAMETER_NAME = /^[A-Za-z][A-Za-z0-9_.$-]{0,31}$/;
const MAX_URL_LENGTH = 2_048;

/** What telemetry tells of where a request goes. */
export interface Endpoint {
  /** `server.address`: an IPv6 address without its brackets. */
  readonly address: string;
  /** `server.port`, also where the scheme implies it. */
  readonly port: number;
  /** `url.full`: no user, no password, no fragment, no value of a query parameter and no part of the path that could be a secret. */
  readonly url: string;
  /** `url.path`, redacted likewise. */
  readonly path: string;
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
  const path = redactedPath(url.pathname);
  const query = redactedQuery(url.search);
  return {
    address: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    port: url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port),
    url: `${url.protocol}//${url.host}${path}${query === '' ? '' : '?'}${query}`.slice(0, MAX_URL_LENGTH),
    path: path.slice(0, MAX_URL_LENGTH),
    query,
  };
}

/** Parts of a path behind which a model or a deployment is named, however its name looks. */
const NAMING: ReadonlySet<string> = new Set(['deployments', 'models', 'tunedModels', 'endpoints', 'engines', 'model']);

/** Some gateways take a key, a tenant's id or a hook's token as a part of the path. */
function redactedPath(path: string): string {
  const parts = path.split('/');
  return parts.map((part, i) => (part.length >= SHORTEST_TOKEN && couldBeSecret(decoded(part), NAMING.has(parts[i - 1] ?? '')) ? REDACTED : part)).join('/');
}

const SHORTEST_TOKEN = 16;
/** Letters and digits in one run that no name has. */
const TOKEN = /(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{16,}|[a-z]{32,}/i;
const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/i;

function couldBeSecret(part: string, names: boolean): boolean {
  return holdsCredential(part) || (!names && (TOKEN.test(part) || UUID.test(part)));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function redactedQuery(search: string): string {
  if (search.length < 2) return '';
  return search
    .slice(1)
    .split('&')
    .map((parameter) => {
      const equals = parameter.indexOf('=');
      const name = decoded(equals < 0 ? parameter : parameter.slice(0, equals));
      // A parameter without a value may be a token itself, and what looks like none is no name.
      if (equals < 0 || !PARAMETER_NAME.test(name) || couldBeSecret(name, false)) return equals < 0 ? REDACTED : `${REDACTED}=${REDACTED}`;
      return `${name}=${PLAIN_PARAMETERS.has(name.toLowerCase()) ? encodeURIComponent(withoutCredentials(decoded(parameter.slice(equals + 1)))) : REDACTED}`;
    })
    .join('&');
}
