import type { BodyFacts, HeadFacts } from './evidence.ts';
import type { ClassFacts } from './verdict.ts';

/**
 * Who wrote the body of a failing response.
 * - `own`: it is the provider's error document.
 * - `signed`: it is no such document, but the head bears the provider's request id or rate limits.
 * - `page`: a proxy's stock page, or HTML at all: no LLM API answers in HTML.
 * - `bare`: nothing that tells.
 */
export type Author = 'own' | 'signed' | 'page' | 'bare';

/** What a status means by who wrote the body; `own` stands in for a column that is not given. */
type StatusRow = { readonly own: ClassFacts } & { readonly [author in Exclude<Author, 'own'>]?: ClassFacts };

const INVALID_REQUEST: StatusRow = { own: { class: 'invalid_request' } };
const GATEWAY_TIMEOUT: StatusRow = { own: { class: 'gateway_timeout' } };
const SERVER_ERROR: StatusRow = { own: { class: 'server_error' }, page: { class: 'bad_gateway' } };
const BAD_GATEWAY: StatusRow = {
  own: { class: 'server_error' },
  signed: { class: 'bad_gateway' },
  page: { class: 'bad_gateway' },
  bare: { class: 'bad_gateway' },
};

const BY_STATUS: Readonly<Record<number, StatusRow>> = {
  401: { own: { class: 'authentication' } },
  402: { own: { class: 'quota_exhausted' } },
  403: { own: { class: 'permission_denied' }, page: { class: 'blocked_by_edge' } },
  // The proxy wants credentials of its own.
  407: { own: { class: 'authentication', origin: 'gateway' } },
  // Written by the provider it is the provider's own deadline; a proxy's is a gateway's.
  408: { own: { class: 'timeout', origin: 'provider' }, page: { class: 'gateway_timeout' }, bare: { class: 'gateway_timeout' } },
  // A conflict on the server's side, which passes: every SDK that retries at all sends it again.
  409: { own: { class: 'invalid_request', retryable: true } },
  413: { own: { class: 'request_too_large' } },
  425: { own: { class: 'invalid_request', retryable: true } },
  // A page without a challenge is a proxy's own limit (nginx `limit_req`).
  429: { own: { class: 'rate_limited' }, page: { class: 'rate_limited', origin: 'gateway' } },
  // Groq: flex tier capacity exceeded.
  498: { own: { class: 'overloaded' } },
  // The server says that the client closed the request, yet the client is here to read it.
  499: { own: { class: 'server_error' }, page: { class: 'bad_gateway' }, bare: { class: 'bad_gateway' } },
  501: { own: { class: 'server_error', retryable: false }, page: { class: 'bad_gateway', retryable: false } },
  502: BAD_GATEWAY,
  503: { own: { class: 'overloaded' }, page: { class: 'bad_gateway' } },
  504: GATEWAY_TIMEOUT,
  // A captive portal.
  511: { own: { class: 'blocked_by_edge' } },
  // Cloudflare's own: the origin is down, unreachable, its certificate is bad, …
  520: BAD_GATEWAY,
  521: BAD_GATEWAY,
  522: GATEWAY_TIMEOUT,
  523: BAD_GATEWAY,
  524: GATEWAY_TIMEOUT,
  525: BAD_GATEWAY,
  526: BAD_GATEWAY,
  527: BAD_GATEWAY,
  // Anthropic's; no proxy has it.
  529: { own: { class: 'overloaded' } },
  530: BAD_GATEWAY,
  598: GATEWAY_TIMEOUT,
  599: GATEWAY_TIMEOUT,
};

/** `server` values of proxies and CDNs, which are in front of providers too: a sign only where nothing bears the provider's. */
const PROXY_SERVERS: readonly string[] = [
  'nginx', 'openresty', 'envoy', 'istio-envoy', 'haproxy', 'traefik', 'caddy', 'apache', 'squid', 'varnish', 'awselb', 'kong',
  'cloudflare', 'cloudfront', 'akamaighost', 'fastly', 'microsoft-azure-application-gateway', 'google frontend', 'gws', 'zscaler', 'bluecoat',
];
/** Those of them that block on their own. */
const EDGE_SERVERS: readonly string[] = ['cloudflare', 'cloudfront', 'akamaighost', 'fastly', 'sucuri', 'imperva', 'zscaler'];
/** Statuses under which edges challenge or block (405: AWS WAF's captcha; 406: ModSecurity). */
const EDGE_STATUSES: ReadonlySet<number> = new Set([401, 403, 405, 406, 429, 503]);

function serverIsOneOf(head: HeadFacts, names: readonly string[]): boolean {
  const { server } = head;
  return server !== undefined && names.some((name) => server.startsWith(name));
}

/** Whether the body is a proxy's or an edge's page. */
function isPage(body: BodyFacts | undefined): boolean {
  return body?.form === 'html' || body?.hints?.proxyPage === true || body?.hints?.edgeBlock === true;
}

/** Whether a proxy, and nobody behind it, seems to have written this response. */
export function writtenByProxy(head: HeadFacts, body: BodyFacts | undefined): boolean {
  return isPage(body) || (head.providerSigned !== true && serverIsOneOf(head, PROXY_SERVERS));
}

/** Who wrote the body of a failing response. */
export function authorOf(head: HeadFacts, body: BodyFacts | undefined): Author {
  // A page before the signature: proxies pass a request id on, or make one up. Some of them write theirs in JSON.
  if (isPage(body)) return 'page';
  if (body?.answer?.error !== undefined || head.errorCode !== undefined) return 'own';
  if (head.providerSigned === true) return 'signed';
  return head.status >= 500 && serverIsOneOf(head, PROXY_SERVERS) ? 'page' : 'bare';
}

function blockedByEdge(head: HeadFacts, body: BodyFacts | undefined, author: Author): boolean {
  if (author === 'own' || !EDGE_STATUSES.has(head.status)) return false;
  if (head.edgeMitigated === true || body?.hints?.edgeBlock === true) return true;
  return head.status === 403 && author === 'bare' && serverIsOneOf(head, EDGE_SERVERS);
}

/** What a failing status means when `author` wrote the body. */
export function classOfStatus(status: number, author: Author): ClassFacts {
  const row = BY_STATUS[status] ?? (status >= 500 ? SERVER_ERROR : INVALID_REQUEST);
  return row[author] ?? row.own;
}

/** What the head of a failing response (status 400 and up) means, before its error document is read. */
export function classOfHead(head: HeadFacts, body: BodyFacts | undefined): ClassFacts {
  const author = authorOf(head, body);
  if (blockedByEdge(head, body, author)) return { class: 'blocked_by_edge' };
  return classOfStatus(head.status, author);
}
