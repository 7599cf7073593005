import type { BodyHints } from '../verdict/evidence.ts';
import { decodeUtf8 } from '../platform/bytes.ts';

/** Pages give themselves away early. */
const LOOKED_AT = 8_192;

/**
 * What a page says, in lower case, that only a CDN's or firewall's own challenge or block page says. `all` must be there.
 * Add a row for another one.
 */
const EDGE_BLOCKS: readonly (readonly string[])[] = [
  // Cloudflare
  ['/cdn-cgi/challenge-platform/'],
  ['<title>just a moment...</title>'],
  ['attention required! | cloudflare'],
  ['sorry, you have been blocked'],
  ['error code: 1010'],
  ['error code: 1012'],
  ['error code: 1015'],
  ['error code: 1020'],
  // Akamai
  ['access denied', 'errors.edgesuite.net'],
  ['access denied', 'you don\'t have permission to access', 'reference&#32;&#35;'],
  // AWS WAF, CloudFront
  ['awswafintegration'],
  ['.awswaf.com/'],
  ['request blocked', 'cloudfront'],
  // Imperva
  ['_incapsula_resource'],
  ['incapsula incident id'],
  // others
  ['sucuri website firewall'],
  ['captcha-delivery.com'],
  ['px-captcha'],
  ['the requested url was rejected. please consult with your administrator'],
  ['azure web application firewall'],
];

/** What a page says, in lower case, that is a proxy's or load balancer's stock error page. */
const PROXY_PAGES: readonly (readonly string[])[] = [
  // nginx and what is built on it
  ['<center>nginx'],
  ['<center>openresty'],
  ['<center>tengine'],
  // AWS ALB: nginx's page without the name
  ['<center><h1>502 bad gateway</h1></center>'],
  ['<center><h1>503 service temporarily unavailable</h1></center>'],
  ['<center><h1>504 gateway time-out</h1></center>'],
  // Envoy
  ['upstream connect error or disconnect/reset before headers'],
  ['upstream request timeout'],
  ['no healthy upstream'],
  // Apache
  ['<address>apache'],
  ['the proxy server received an invalid response from an upstream server'],
  ['the proxy server could not handle the request'],
  // HAProxy
  ['<html><body><h1>502 bad gateway</h1>'],
  ['<html><body><h1>503 service unavailable</h1>'],
  ['<html><body><h1>504 gateway time-out</h1>'],
  // Cloudflare, when the origin failed
  ['cf-error-details', 'cloudflare'],
  ['error code: 502'],
  ['error code: 504'],
  ['error code: 52'],
  // CloudFront, when the origin failed
  ['the request could not be satisfied', 'cloudfront'],
  // others
  ['guru meditation', 'varnish'],
  ['the server encountered a temporary error and could not complete your request'],
  ['an invalid response was received from the upstream server'],
  ['microsoft-azure-application-gateway'],
];

/** A text that is nothing but one of these is a proxy's (Traefik and Go's reverse proxies send no page). */
const PROXY_TEXTS: ReadonlySet<string> = new Set(['bad gateway', 'gateway timeout', 'gateway time-out', 'service unavailable', 'upstream request timeout']);

/** How a page's first element is called. */
const PAGE_STARTS = /^<(?:!doctype\s+html|html|head|body|title|center|h1|p|div|script|style|meta)[\s>]/;

/** Whether the body is an HTML page, by how it begins. */
export function looksLikeHtml(bytes: Uint8Array): boolean {
  return PAGE_STARTS.test(afterPreamble(beginning(bytes)));
}

/** Skips comments and processing instructions. By hand: a pattern for a run of them would try every way to divide it. */
function afterPreamble(text: string): string {
  let at = 0;
  for (;;) {
    while (at < text.length && text.charCodeAt(at) <= 0x20) at++;
    const closing = text.startsWith('<!--', at) ? '-->' : text.startsWith('<?', at) ? '?>' : undefined;
    const end = closing === undefined ? -1 : text.indexOf(closing, at);
    if (closing === undefined || end === -1) return text.slice(at);
    at = end + closing.length;
  }
}

/** What the text of a body that is no answer gives away; undefined when that is nothing. */
export function readHints(bytes: Uint8Array): BodyHints | undefined {
  const text = beginning(bytes);
  const edgeBlock = saysAny(text, EDGE_BLOCKS);
  const proxyPage = !edgeBlock && (saysAny(text, PROXY_PAGES) || PROXY_TEXTS.has(text.trim()));
  return edgeBlock ? { edgeBlock } : proxyPage ? { proxyPage } : undefined;
}

function saysAny(text: string, rows: readonly (readonly string[])[]): boolean {
  return rows.some((row) => row.every((words) => text.includes(words)));
}

function beginning(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes.length > LOOKED_AT ? bytes.subarray(0, LOOKED_AT) : bytes);
  return text.replace(/^\uFEFF/, '').trimStart().toLowerCase();
}
