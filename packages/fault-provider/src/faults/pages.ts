import { HEX, randomId } from '../wire/random.ts';
import { wholeReply } from '../wire/reply.ts';
import type { Play } from './fault.ts';

/** nginx's stock page. */
export function nginxPage(title: string): string {
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
}

/** nginx answers in the provider's place. */
export function nginxReply(status: number, reason: string): Play {
  return () => wholeReply({ status, headers: { server: 'nginx', 'content-type': 'text/html' } }, nginxPage(`${status} ${reason}`));
}

/** The CDN answers in the provider's place. */
export function edgeReply(status: number, page: string, more: Readonly<Record<string, string>> = {}): Play {
  return ({ random }) =>
    wholeReply(
      {
        status,
        headers: {
          'content-type': 'text/html; charset=UTF-8',
          'cache-control': 'private, max-age=0, no-store, no-cache, must-revalidate, post-check=0, pre-check=0',
          'x-frame-options': 'SAMEORIGIN',
          'referrer-policy': 'same-origin',
          ...more,
          server: 'cloudflare',
          'cf-ray': `${randomId(random, 16, HEX)}-AMS`,
        },
      },
      page,
    );
}

/** What a browser would have to solve. */
export const CHALLENGE_PAGE = `<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"><meta name="robots" content="noindex,nofollow"></head><body><div class="main-wrapper" role="main"><div class="main-content"><noscript><div class="h2"><span id="challenge-error-text">Enable JavaScript and cookies to continue</span></div></noscript></div></div><script>(function(){window._cf_chl_opt={cType:'managed'};}());</script></body></html>`;

/** Cloudflare's page for an origin that did not answer in time. */
export const CLOUDFLARE_524_PAGE = `<!DOCTYPE html><html class="no-js" lang="en-US"><head><title>api.example.com | 524: A timeout occurred</title><meta charset="UTF-8"></head><body><div id="cf-wrapper"><div id="cf-error-details"><h1><span>A timeout occurred</span> <span>Error code 524</span></h1></div><div class="cf-error-footer">Performance &amp; security by Cloudflare</div></div></body></html>`;
