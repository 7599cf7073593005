import { deepStrictEqual, ok } from 'node:assert';
import * as fc from 'fast-check';
import { readHead, readsHeader } from '../head/head-facts.ts';
import { RATE_LIMIT_HEADERS } from '../head/rate-limit-headers.ts';
import { MAX_PROCESSING_S, MAX_WAIT_S } from '../head/values.ts';
import { readBody } from '../body/reader.ts';
import { DIALECTS } from '../dialects/catalogue.ts';
import { judgeAttempt } from '../verdict/judge-attempt.ts';
import type { Property } from './property.ts';

const READ: readonly string[] = [
  ...RATE_LIMIT_HEADERS.keys(),
  'content-type',
  'content-encoding',
  'content-length',
  'server',
  'x-should-retry',
  'ratelimit',
  'retry-after',
  'retry-after-ms',
  'x-ms-retry-after-ms',
  'x-request-id',
  'request-id',
  'x-amzn-requestid',
  'openai-processing-ms',
  'server-timing',
  'x-envoy-upstream-service-time',
  'cf-ray',
  'x-amz-cf-pop',
  'x-served-by',
  'cf-mitigated',
  'openai-organization',
].filter(readsHeader);

/** As they come, for the mutations to begin with. */
const HEALTHY = ['application/json; charset=utf-8', 'text/event-stream', 'gzip', 'gzip, br', '1234', 'cloudflare', 'true', 'limit=100, remaining=50, reset=5', '"requests";r=50;t=5', '6m0s', '1h2m3.5s', '17ms', '20', '1754400000', '2026-08-05T12:00:00Z', 'Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994', 'req_011CVabcdef', '8c1d2e3f4a5b6c7d-AMS', 'FRA56-P1', 'cache-fra-eddf8230020-FRA', 'gfet4t7; dur=1234.5'];

const character = fc.oneof(fc.constantFrom(...'0123456789eE.+-,;=:" %\0\r\n\t_\u00ff/*<'.split('')), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }));
const mutated = fc.tuple(fc.constantFrom(...HEALTHY), fc.array(fc.tuple(fc.nat(60), fc.nat(2), character), { maxLength: 3 })).map(([text, edits]) =>
  edits.reduce((edited, [at, removed, put]) => edited.slice(0, at) + put + edited.slice(at + removed), text),
);
const absurd = fc.constantFrom('', '-1', '-0', '0', '1e9', '1e309', 'Infinity', 'NaN', '0x10', '1_000', '9'.repeat(15), '9'.repeat(16), '9'.repeat(400), '2147483648', '9007199254740993', '18446744073709551616', '0.0000000001', '.5', '5.', '٣', '1,5', 'null', '[object Object]', '__proto__', '('.repeat(500), 'a'.repeat(100_000), 'gzip,'.repeat(200), ' '.repeat(5_000), 'd'.repeat(64));
const value = fc.oneof(mutated, mutated, absurd, fc.string({ unit: 'binary', maxLength: 40 }));
const headers = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...READ), fc.constantFrom(...READ).map((name) => name.toUpperCase()), fc.constantFrom('__proto__', 'constructor', '', 'x')), value), { maxLength: 12 });

/** Letters, digits and the marks of identifiers, media types and `server`. */
const HARMLESS = /^[\w .+*/():;=,~-]{1,128}$/;

function check(facts: unknown, path: string): void {
  if (typeof facts === 'string') ok(HARMLESS.test(facts), `${path} is ${JSON.stringify(facts.slice(0, 200))}`);
  else if (typeof facts === 'number') ok(Number.isFinite(facts) && facts >= 0 && facts <= 1e15, `${path} is ${facts}`);
  else if (typeof facts === 'object' && facts !== null) for (const [name, member] of Object.entries(facts)) check(member, `${path}.${name}`);
}

/** A head comes from outside like any byte. */
export const HEADERS: readonly Property[] = [
  {
    tried: 'Heads of every header that is read, several at once, with mutated, absurd, huge and binary values',
    result: 'Nothing thrown; every text at most 128 harmless characters, every number finite and not negative, every wait at most 31 days.',
    runs: 4_000,
    property: fc.property(fc.integer({ min: 200, max: 599 }), headers, fc.constantFrom(0, 1_754_400_000_000, 784_111_777_000), (status, head, now) => {
      const { facts, telemetry } = readHead(status, head, now);
      check(facts, 'facts');
      check(telemetry, 'telemetry');
      ok((telemetry.retryAfter ?? 0) <= MAX_WAIT_S && (telemetry.processingTime ?? 0) <= MAX_PROCESSING_S);
      for (const limit of [telemetry.rateLimits.requests, telemetry.rateLimits.tokens]) ok((limit?.reset ?? 0) <= MAX_WAIT_S);
      deepStrictEqual(Object.getPrototypeOf(telemetry), Object.prototype);
    }),
  },
  {
    tried: 'The same heads in front of bodies that are something else, through to the verdict',
    result: 'Nothing thrown; a verdict every time.',
    runs: 1_000,
    property: fc.property(fc.integer({ min: 200, max: 599 }), headers, fc.constantFrom(...DIALECTS), fc.constantFrom('', '{}', '<html>', 'data: {}\n\n', '{"error":{"message":"no","code":"x"}}', '\u001f\u008b'), (status, given, dialect, text) => {
      const head = readHead(status, given).facts;
      const request = { operation: dialect.operation, stream: text.startsWith('data'), parameters: {} };
      const reader = readBody(head, dialect, request, { contentBytes: 0 });
      reader.push(Buffer.from(text, 'latin1'));
      ok(['success', 'failure'].includes(judgeAttempt({ request, head, body: reader.finish({ cleanly: true }), ending: { by: 'completion' } }).outcome));
    }),
  },
];
