/**
 * Error messages of transports that give no code: Deno's `fetch` (hyper and rustls underneath), workerd's, and undici's parser.
 * Each pattern was measured on the runtime. The codes are those of `transport-errors.ts`.
 */
const BY_MESSAGE: readonly (readonly [pattern: RegExp, code: string])[] = [
  // Error numbers of Linux, macOS and Windows.
  [/\(os error (?:111|61|10061)\)/, 'ECONNREFUSED'],
  [/\(os error (?:104|54|10054)\)/, 'ECONNRESET'],
  [/\(os error (?:110|60|10060)\)/, 'ETIMEDOUT'],
  [/\(os error (?:113|65|10065)\)/, 'EHOSTUNREACH'],
  [/\(os error (?:101|51|10051)\)/, 'ENETUNREACH'],
  [/\(os error 32\)/, 'EPIPE'],
  [/dns error: .*Temporary failure/, 'EAI_AGAIN'],
  [/dns error: .*(?:not known|No such host)/, 'ENOTFOUND'],
  [/dns error/, 'dns'],
  [/invalid peer certificate|received corrupt message of type|received fatal alert/, 'tls'],
  [/invalid HTTP \w+ parsed/, 'malformed_response'],
  [/connection closed before message completed|^error reading a body from connection$/, 'connection_closed'],
  // undici's parser, which gives no code since undici 7: the connection was closed inside a chunked answer.
  [/\(Invalid EOF state\)$/, 'HPE_INVALID_EOF_STATE'],
  // workerd says this of a refused, a reset and a closed connection, and of bytes that are no HTTP.
  [/^Network connection lost\.$/, 'connection_closed'],
  [/^(?:Gzip|Brotli) decompression failed\.$/, 'malformed_response'],
];

/** No transport has a longer message. */
const LONGEST = 1_000;

/** The code that a transport's message stands for. Undefined for other messages. */
export function codeOfMessage(message: unknown): string | undefined {
  if (typeof message !== 'string' || message.length > LONGEST) return undefined;
  return BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
}
