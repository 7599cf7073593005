import type { AnswerFacts, RequestFacts } from '../dialects/dialect.ts';
import type { Phase } from './vocabulary.ts';

/** How an attempt's transport came to its end. */
export type Ending =
  /** The transport says that the exchange completed (which for a close-delimited body proves nothing). */
  | { readonly by: 'completion' }
  /**
   * The transport failed: `code` is its error code (`ECONNRESET`, `UND_ERR_SOCKET`, `ENOTFOUND`, an HTTP parser's name …).
   * `proxyStatus` is the HTTP status of a proxy that refused a tunnel.
   */
  | { readonly by: 'network'; readonly code: string; readonly phase: Phase; readonly proxyStatus?: number }
  /** A deadline of the caller's client passed. */
  | { readonly by: 'deadline'; readonly phase: Phase }
  /** The caller stopped it: abort, `break`, `cancel()`, or it let go of the response. */
  | { readonly by: 'caller' }
  /** Nobody saw the end: the response was never read, or tracing shut down before it ended. */
  | { readonly by: 'abandonment' };

/** What a body amounts to, from its bytes alone. */
export interface BodyFacts {
  readonly form: 'json' | 'events' | 'html' | 'text' | 'empty' | 'opaque';
  /** Bytes as they came over the wire, still encoded. */
  readonly bytes: number;
  /** What a Content-Length promised. */
  readonly expected?: number;
  /**
   * `incomplete`: a proper prefix of a JSON document, or an end inside an event. `invalid`: not JSON, an event that does not parse, or bytes that are not in their content coding.
   * `compression`: the compressed form ended early. `oversized`: past a cap, so not read whole.
   */
  readonly defect?: 'incomplete' | 'invalid' | 'compression' | 'oversized';
  readonly answer?: AnswerFacts;
  /** A document, where events were asked for that are looked for in vain in one. */
  readonly inPlaceOfStream?: true;
  /** Of a body that is no answer (HTML, text, foreign JSON): what its text gives away, as closed flags; the text itself is not kept. */
  readonly hints?: BodyHints;
}

/** What the text of a non-answer gives away. */
export interface BodyHints {
  /** A CDN's or firewall's challenge or block page. */
  readonly edgeBlock?: boolean;
  /** A proxy's stock error page (nginx, envoy, Cloudflare, ALB …). */
  readonly proxyPage?: boolean;
}

/** The response's head, reduced to what a verdict and the telemetry need. */
export interface HeadFacts {
  readonly status: number;
  /** Media type without parameters, lower case. */
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly contentLength?: number;
  /** `server`, lower case: tells a proxy from a provider. */
  readonly server?: string;
  /** Seconds until the provider wants to be asked again. */
  readonly retryAfter?: number;
  /** The provider's name of its error, where a header has it (`x-amzn-errortype`). */
  readonly errorCode?: string;
  /** Of a redirect, where it leads, as it was sent; tells what follows it, and goes into no telemetry. */
  readonly location?: string;
  /** `x-should-retry`, which the Stainless SDKs obey. */
  readonly shouldRetry?: boolean;
  /** The edge says in a header that it answered itself (`cf-mitigated`). */
  readonly edgeMitigated?: boolean;
  /** A sign that the provider itself answered: its request id or its rate-limit headers. */
  readonly providerSigned?: boolean;
}

/** Everything that is known of one attempt when it has ended. */
export interface Evidence {
  readonly request: RequestFacts;
  /** Absent: it failed before a head. */
  readonly head?: HeadFacts;
  /** Absent: no byte of a body came, and none was promised to have come. */
  readonly body?: BodyFacts;
  readonly ending: Ending;
  /** A redirect that no client followed. */
  readonly unfollowed?: true;
}
