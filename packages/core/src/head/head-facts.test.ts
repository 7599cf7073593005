import { describe, expect, it } from 'vitest';
import type { Head, HeadTelemetry } from './head-facts.ts';
import { readHead } from './head-facts.ts';

/** Sun, 22 Nov 2026 12:00:00 GMT */
const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

function read(headers: Readonly<Record<string, string>>): Head {
  return readHead(200, Object.entries(headers), NOW);
}

function limits(headers: Readonly<Record<string, string>>): HeadTelemetry['rateLimits'] {
  return read(headers).telemetry.rateLimits;
}

describe('the facts of a head', () => {
  it('are its status, media type, coding, length and server, in lower case and without parameters', () => {
    expect(read({ 'Content-Type': 'Text/Event-Stream; charset=utf-8', 'Content-Encoding': ' GZIP', 'Content-Length': '120', Server: 'Cloudflare' }).facts).toEqual({
      status: 200,
      contentType: 'text/event-stream',
      contentEncoding: 'gzip',
      contentLength: 120,
      server: 'cloudflare',
    });
  });

  it('are the name of an AWS error without what stands around it', () => {
    expect(read({ 'x-amzn-ErrorType': 'ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/' }).facts).toEqual({ status: 200, errorCode: 'ThrottlingException', providerSigned: true });
    expect(read({ 'x-amzn-errortype': 'com.amazon.coral.service#UnrecognizedClientException' }).facts.errorCode).toBe('UnrecognizedClientException');
    expect(read({ 'x-amzn-errortype': '<!>' }).facts.errorCode).toBeUndefined();
  });

  it('count tokens, and tell the time, as Bedrock does in headers', () => {
    expect(read({ 'x-amzn-bedrock-input-token-count': '13', 'x-amzn-bedrock-output-token-count': '42', 'x-amzn-bedrock-invocation-latency': '551' }).telemetry).toEqual({ rateLimits: {}, processingTime: 0.551, tokens: { input: 13, output: 42 } });
  });

  it('are nothing but the status where the headers say nothing', () => {
    expect(readHead(503, [], NOW)).toEqual({ facts: { status: 503 }, telemetry: { rateLimits: {} } });
  });

  it.each(['-1', '1e3', 'abc', '', '12, 12', '9999999999999999'])('do not take %j for a length', (value) => {
    expect(read({ 'content-length': value }).facts.contentLength).toBeUndefined();
  });

  it.each([
    ['true', true],
    ['false', false],
    ['maybe', undefined],
  ])('take x-should-retry: %s for %s', (value, expected) => {
    expect(read({ 'x-should-retry': value }).facts.shouldRetry).toBe(expected);
  });

  it.each(['cf-mitigated', 'x-amzn-waf-action'])('say by %s that the edge answered itself', (name) => {
    expect(read({ [name]: 'challenge' }).facts.edgeMitigated).toBe(true);
  });

  it.each([
    { 'x-request-id': 'req_1' },
    { 'request-id': 'req_1' },
    { 'apim-request-id': '0f3b' },
    { 'openai-processing-ms': '12' },
    { 'x-ratelimit-remaining-tokens': '5' },
    { 'anthropic-ratelimit-requests-limit': '5' },
    { 'server-timing': 'gfet4t7; dur=321' },
  ])('take %j for a sign that the provider answered', (headers: Record<string, string>) => {
    expect(read(headers).facts.providerSigned).toBe(true);
  });

  it.each([{ server: 'nginx' }, { 'cf-ray': '8c1d2e3f4a5b6c7d-AMS' }, { 'x-ratelimit-remaining': '5' }, { 'server-timing': 'cdn-cache; desc=MISS' }, { 'x-envoy-upstream-service-time': '3' }])(
    'do not take %j for one',
    (headers: Record<string, string>) => {
      expect(read(headers).facts.providerSigned).toBeUndefined();
    },
  );
});

describe('the request id', () => {
  it('is the most specific of several, in whatever order they come', () => {
    expect(read({ 'x-amzn-requestid': 'c', 'request-id': 'b', 'x-request-id': 'a' }).telemetry.requestId).toBe('a');
    expect(read({ 'apim-request-id': 'd', 'x-ms-request-id': 'e' }).telemetry.requestId).toBe('d');
  });

  it('is the first, if sent twice', () => {
    expect(
      readHead(
        200,
        [
          ['x-request-id', 'first'],
          ['x-request-id', 'second'],
        ],
        NOW,
      ).telemetry.requestId,
    ).toBe('first');
  });

  it.each(['a'.repeat(129), '<script>', 'a b', 'a\u0000b', 'ключ', ''])('is dropped where it is hostile: %j', (value) => {
    expect(read({ 'x-request-id': value, 'request-id': 'req_ok' }).telemetry.requestId).toBe('req_ok');
  });
});

describe('the processing time', () => {
  it.each([
    ['openai-processing-ms', '1234', 1.234],
    ['x-envoy-upstream-service-time', '250', 0.25],
    ['x-kong-upstream-latency', '250', 0.25],
    ['fireworks-server-processing-time', '0.85', 0.85],
    ['x-compute-time', '2.5', 2.5],
    ['server-timing', 'gfet4t7; dur=4321', 4.321],
    ['server-timing', 'cache;desc="hit", gfet4t7;dur=10', 0.01],
  ])('of %s: %s is %d seconds', (name, value, expected) => {
    expect(read({ [name]: value }).telemetry.processingTime).toBe(expected);
  });

  it("is the provider's before a proxy's", () => {
    expect(read({ 'x-envoy-upstream-service-time': '900', 'openai-processing-ms': '800' }).telemetry.processingTime).toBe(0.8);
  });

  it.each(['-5', '1e9', '99999999999', 'soon'])('is dropped where it is absurd: %s', (value) => {
    expect(read({ 'openai-processing-ms': value }).telemetry.processingTime).toBeUndefined();
  });
});

describe('the edge location', () => {
  it.each([
    ['cf-ray', '8c1d2e3f4a5b6c7d-AMS', 'AMS'],
    ['x-amz-cf-pop', 'FRA56-P1', 'FRA56-P1'],
    ['x-served-by', 'cache-iad-kiad7000045-IAD, cache-fra-eddf8230020-FRA', 'FRA'],
  ])('of %s: %s is %s', (name, value, expected) => {
    expect(read({ [name]: value }).telemetry.edgeLocation).toBe(expected);
  });

  it.each([
    ['cf-ray', '8c1d2e3f4a5b6c7d'],
    ['x-served-by', 'api-6f7d9b-pod-3'],
    ['x-amz-cf-pop', 'anything at all'],
  ])('is not made up from %s: %s', (name, value) => {
    expect(read({ [name]: value }).telemetry.edgeLocation).toBeUndefined();
  });
});

describe('the wait until a retry', () => {
  it.each([
    ['retry-after', '20', 20],
    ['retry-after', '0', 0],
    ['retry-after', ' 1.5 ', 1.5],
    ['retry-after', 'Sun, 22 Nov 2026 12:00:30 GMT', 30],
    ['retry-after', 'Sunday, 22-Nov-26 12:01:00 GMT', 60],
    ['retry-after', 'Sun Nov 22 12:02:00 2026', 120],
    ['retry-after', 'Sun, 22 Nov 2026 11:59:00 GMT', 0],
    ['retry-after-ms', '1500', 1.5],
    ['x-ms-retry-after-ms', '250', 0.25],
  ])('of %s: %s is %d seconds', (name, value, expected) => {
    const { facts, telemetry } = read({ [name]: value });
    expect(telemetry.retryAfter).toBe(expected);
    expect(facts.retryAfter).toBe(expected);
  });

  it.each(['-5', '1000000000', '1e9', 'Infinity', 'NaN', 'soon', '', 'Sun, 99 Foo 2026 12:00:30 GMT', 'Sun, 22 Nov 2036 12:00:30 GMT', 'Sun, 06 Nov 1994 08:49:37 GMT', '2026-11-22'])(
    'is dropped where it is absurd: %j',
    (value) => {
      expect(read({ 'retry-after': value }).telemetry.retryAfter).toBeUndefined();
    },
  );

  it('is the finest of several', () => {
    expect(read({ 'retry-after': '2', 'retry-after-ms': '1800' }).telemetry.retryAfter).toBe(1.8);
  });
});

describe('rate limits', () => {
  it("are read from OpenAI's headers, with resets as Go durations", () => {
    expect(
      limits({
        'x-ratelimit-limit-requests': '5000',
        'x-ratelimit-remaining-requests': '4999',
        'x-ratelimit-reset-requests': '12ms',
        'x-ratelimit-limit-tokens': '800000',
        'x-ratelimit-remaining-tokens': '799979',
        'x-ratelimit-reset-tokens': '6m0s',
      }),
    ).toEqual({ requests: { limit: 5000, remaining: 4999, reset: 0.012 }, tokens: { limit: 800000, remaining: 799979, reset: 360 } });
  });

  it("are read from Anthropic's headers, with resets as timestamps, totals before parts", () => {
    expect(
      limits({
        'anthropic-ratelimit-requests-limit': '4000',
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': '2026-11-22T12:00:10Z',
        'anthropic-ratelimit-input-tokens-limit': '1',
        'anthropic-ratelimit-input-tokens-remaining': '1',
        'anthropic-ratelimit-tokens-remaining': '80000',
        'anthropic-ratelimit-tokens-reset': '2026-11-22T14:00:00.5+02:00',
      }),
    ).toEqual({ requests: { limit: 4000, remaining: 0, reset: 10 }, tokens: { remaining: 80000, reset: 0.5 } });
  });

  it("are read from Azure's headers, with resets in seconds", () => {
    expect(limits({ 'x-ratelimit-remaining-requests': '9', 'x-ratelimit-reset-requests': '10' })).toEqual({ requests: { remaining: 9, reset: 10 } });
  });

  it("are read from Mistral's and Cerebras' headers by minute before day", () => {
    expect(limits({ 'x-ratelimitbysize-limit-minute': '500000', 'x-ratelimitbysize-remaining-minute': '499000' })).toEqual({ tokens: { limit: 500000, remaining: 499000 } });
    expect(limits({ 'x-ratelimit-limit-requests-day': '14400', 'x-ratelimit-remaining-tokens-minute': '60000' })).toEqual({ requests: { limit: 14400 }, tokens: { remaining: 60000 } });
    expect(limits({ 'x-ratelimit-limit-req-minute': '60', 'x-ratelimit-remaining-req-minute': '59' })).toEqual({ requests: { limit: 60, remaining: 59 } });
  });

  it("are read from OpenRouter's headers, with the reset as an epoch in milliseconds or seconds", () => {
    expect(limits({ 'x-ratelimit-limit': '20', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW + 30_000) })).toEqual({ requests: { limit: 20, remaining: 0, reset: 30 } });
    expect(limits({ 'x-ratelimit-reset': String(NOW / 1000 + 30) })).toEqual({ requests: { reset: 30 } });
  });

  it("are read from Together's headers", () => {
    expect(limits({ 'x-ratelimit-limit': '10', 'x-tokenlimit-limit': '1000', 'x-tokenlimit-remaining': '998' })).toEqual({ requests: { limit: 10 }, tokens: { limit: 1000, remaining: 998 } });
  });

  it("are read from each generation of the IETF's headers", () => {
    expect(limits({ 'ratelimit-limit': '100', 'ratelimit-remaining': '50', 'ratelimit-reset': '5' })).toEqual({ requests: { limit: 100, remaining: 50, reset: 5 } });
    expect(limits({ ratelimit: 'limit=100, remaining=50, reset=5' })).toEqual({ requests: { limit: 100, remaining: 50, reset: 5 } });
    expect(limits({ ratelimit: '"default";r=50;t=30' })).toEqual({ requests: { remaining: 50, reset: 30 } });
    expect(limits({ ratelimit: '"tokens-per-minute";r=50;t=30, "other";r=1' })).toEqual({ tokens: { remaining: 50, reset: 30 } });
  });

  it('of different spellings are never mixed', () => {
    expect(limits({ 'x-ratelimit-limit': '1', 'x-ratelimit-remaining-requests': '7' })).toEqual({ requests: { remaining: 7 } });
    expect(limits({ 'x-ratelimit-remaining-requests': '7', 'x-ratelimit-limit': '1' })).toEqual({ requests: { remaining: 7 } });
  });

  it.each(['-1', '1e9', 'unlimited', '', '0x10', '1234567890123456'])('drop a count that is none: %j', (value) => {
    expect(limits({ 'x-ratelimit-remaining-tokens': value })).toEqual({});
  });

  it.each(['-1s', '5 parsecs', '99999h', '2026-13-45T00:00:00Z', '2026-11-22', '99999999999999999999', '1s; DROP'])('drop a reset that is none: %j', (value) => {
    expect(limits({ 'x-ratelimit-reset-tokens': value })).toEqual({});
  });
});
