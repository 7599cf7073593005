import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import * as fc from 'fast-check';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { readHead } from '../head/head-facts.ts';
import { RATE_LIMIT_HEADERS } from '../head/rate-limit-headers.ts';
import { MAX_WAIT_S } from '../head/values.ts';
import { encodeUtf8 } from '../platform/bytes.ts';
import { type Measurement, MeasuredCalls } from './measured-calls.ts';
import type { Property } from './property.ts';

const nanoseconds = ([seconds, rest]: readonly [number, number]): bigint => BigInt(seconds) * 1_000_000_000n + BigInt(rest);
const start = (span: ReadableSpan): bigint => nanoseconds(span.startTime);
const end = (span: ReadableSpan): bigint => nanoseconds(span.endTime);

function checkMeasurements(measurements: readonly Measurement[]): void {
  for (const { metric, kind, value } of measurements) {
    ok(Number.isFinite(value), `${metric} got ${value}`);
    ok(value >= 0 || kind === 'upDownCounter', `${metric} got ${value}`);
    // Only durations have fractions: an integer instrument refuses them.
    ok(Number.isInteger(value) || kind === 'histogram', `${metric} got ${value}`);
  }
}

const CHAT = '/v1/chat/completions';
const chunk = (delta: string, finish: string | null): string => `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta: { content: delta }, finish_reason: finish }] })}\n\n`;

/** Runs something under a wall clock that one can set. */
function underClock(run: (step: (ms: number) => void) => void): void {
  const real = Date.now;
  let offset = 0;
  Date.now = () => real() + offset;
  try {
    run((ms) => (offset += ms));
  } finally {
    Date.now = real;
  }
}

const YEAR_MS = 31_536_000_000;
const steps = fc.array(fc.oneof(fc.constantFrom(0, 1, -1, 3_600_000, -3_600_000, YEAR_MS, -YEAR_MS), fc.integer({ min: -100_000, max: 100_000 })), { minLength: 8, maxLength: 8 });

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const LONG_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** The three forms of RFC 9110, written by hand. */
const DATE_FORMS: readonly ((date: Date) => string)[] = [
  (date) => date.toUTCString(),
  (date) => `${LONG_DAYS[date.getUTCDay()]}, ${date.toISOString().slice(8, 10)}-${MONTHS[date.getUTCMonth()]}-${date.toISOString().slice(2, 4)} ${date.toISOString().slice(11, 19)} GMT`,
  (date) => `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${date.toISOString().slice(11, 19)} ${date.getUTCFullYear()}`,
];

/** `Retry-After` that is no date, and what it amounts to. */
const WAITS: readonly (readonly [value: string, seconds: number | undefined])[] = [
  ['0', 0],
  ['1', 1],
  ['3.5', 3.5],
  [' 20 ', 20],
  [String(MAX_WAIT_S), MAX_WAIT_S],
  [String(MAX_WAIT_S + 1), undefined],
  ['1000000000', undefined],
  ['1e9', undefined],
  ['-1', undefined],
  ['-0', undefined],
  ['+5', undefined],
  ['NaN', undefined],
  ['Infinity', undefined],
  ['0x10', undefined],
  ['', undefined],
  ['soon', undefined],
  ['18446744073709551616', undefined],
  ['Sun, 99 Nov 2026 08:49:37 GMT', undefined],
  ['Sun, 06 Nov 2026 25:61:61 GMT', undefined],
  ['Mon, 30 Feb 2026 00:00:00 GMT', undefined],
  ['Sun, 06 Foo 2026 08:49:37 GMT', undefined],
  ['Sun, 06 Nov 2026 08:49:37 CET', undefined],
  ['Sunday, 06-Nov-xx 08:49:37 GMT', undefined],
  ['Sun Nov 31 08:49:37 2026', undefined],
];

/** Token counts as a provider could write them, and what they amount to. */
const COUNTS: readonly (readonly [json: string, count: number | undefined])[] = [
  ['0', 0],
  ['7', 7],
  ['2147483647', 2_147_483_647],
  ['2147483648', 2_147_483_648],
  ['4294967296', 4_294_967_296],
  ['9007199254740991', 9_007_199_254_740_991],
  // No double holds these, so none is told.
  ['9007199254740993', undefined],
  ['9223372036854775807', undefined],
  ['18446744073709551616', undefined],
  ['1e400', undefined],
  ['-1', undefined],
  ['-9007199254740991', undefined],
  ['0.5', undefined],
  ['1e3', 1_000],
  ['"12"', undefined],
  ['null', undefined],
  ['true', undefined],
  ['[1]', undefined],
  ['{"n":1}', undefined],
];

/** One row a dialect: its path, and an answer with these input, output, cached and reasoning tokens. */
const USAGES: readonly (readonly [path: string, answer: (input: string, output: string, cached: string, reasoning: string) => string])[] = [
  [CHAT, (i, o, c, r) => `{"id":"c1","model":"m","choices":[{"index":0,"message":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":${i},"completion_tokens":${o},"total_tokens":${r},"prompt_tokens_details":{"cached_tokens":${c},"audio_tokens":${c}},"completion_tokens_details":{"reasoning_tokens":${r}}}}`],
  ['/v1/responses', (i, o, c, r) => `{"object":"response","id":"r1","model":"m","status":"completed","output":[],"usage":{"input_tokens":${i},"output_tokens":${o},"input_tokens_details":{"cached_tokens":${c}},"output_tokens_details":{"reasoning_tokens":${r}}}}`],
  ['/v1/messages', (i, o, c, r) => `{"type":"message","id":"m1","model":"m","content":[],"stop_reason":"end_turn","usage":{"input_tokens":${i},"output_tokens":${o},"cache_read_input_tokens":${c},"cache_creation_input_tokens":${r}}}`],
  ['/v1beta/models/g:generateContent', (i, o, c, r) => `{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":${i},"candidatesTokenCount":${o},"cachedContentTokenCount":${c},"thoughtsTokenCount":${r},"promptTokensDetails":[{"modality":"TEXT","tokenCount":${i}},{"modality":"TEXT","tokenCount":${c}}]},"modelVersion":"m"}`],
  ['/v1/embeddings', (i, o) => `{"object":"list","data":[{"embedding":[1]}],"model":"m","usage":{"prompt_tokens":${i},"total_tokens":${o}}}`],
];

/** Clocks that step, numbers that do not fit. */
export const NUMBERS: readonly Property[] = [
  {
    tried: 'Wall clock set back and forth, by up to a year, between all steps of a streamed call with a retry',
    result: 'No negative duration, every attempt within its operation, attempts in their order; no negative or fractional figure in any metric.',
    runs: 300,
    property: fc.property(steps, fc.constantFrom(503, 429, 200), (by, first) => {
      underClock((step) => {
        const calls = new MeasuredCalls();
        let next = 0;
        const tick = (): void => step(by[next++ % by.length] ?? 0);
        const request = { model: 'm', stream: true, messages: [] };
        tick();
        const failed = calls.begin(CHAT, request);
        tick();
        failed.responseHead(first, [['content-type', 'text/event-stream'], ['retry-after', new Date(Date.now() + 5_000).toUTCString()]]);
        tick();
        failed.responseChunk(encodeUtf8(chunk('a', null)));
        failed.end({ by: 'completion' });
        tick();
        const again = calls.begin(CHAT, request);
        tick();
        again.responseHead(200, [['content-type', 'text/event-stream']]);
        for (const part of [chunk('a', null), chunk('b', null), chunk('', 'stop'), 'data: [DONE]\n\n']) {
          again.responseChunk(encodeUtf8(part));
          tick();
        }
        again.end({ by: 'completion' });
        calls.tracker.shutdown();
        const operations = calls.spans.filter((span) => 'gen_ai.operation.name' in span.attributes);
        const attempts = calls.spans.filter((span) => span.name === 'POST');
        strictEqual(attempts.length, 2);
        for (const span of calls.spans) ok(nanoseconds(span.duration) >= 0n && end(span) >= start(span));
        for (const operation of operations) {
          const own = attempts.filter((attempt) => attempt.parentSpanContext?.spanId === operation.spanContext().spanId).toSorted((a, b) => Number(a.attributes['outspan.attempt.number']) - Number(b.attributes['outspan.attempt.number']));
          for (const attempt of own) ok(start(attempt) >= start(operation) && end(attempt) <= end(operation), 'an attempt outside of its operation');
          for (const [place, attempt] of own.entries()) ok(place === 0 || start(attempt) >= end(own[place - 1] ?? attempt), 'attempts out of order');
          // A minute would be a step of the clock.
          ok(end(operation) - start(operation) < 60_000_000_000n);
        }
        checkMeasurements(calls.measurements);
        for (const { kind, metric, value } of calls.measurements) ok(kind !== 'histogram' || !metric.includes('duration') || value < 60, `${metric} got ${value}`);
      });
    }),
  },
  {
    tried: 'Token counts of zero, past 2^31, past 2^53, negative, fractional, infinite, as text, list and object, in every place of every dialect',
    result: 'A whole number that a double holds is told exactly, anything else not at all; histograms and counters get only whole numbers from zero up.',
    runs: 1_500,
    property: fc.property(fc.constantFrom(...USAGES), fc.constantFrom(...COUNTS), fc.constantFrom(...COUNTS), fc.constantFrom(...COUNTS), fc.constantFrom(...COUNTS), fc.constantFrom(200, 500), ([path, answer], input, output, cached, reasoning, status) => {
      const calls = new MeasuredCalls();
      // Whatever the path, the body is one of its dialect.
      const attempt = calls.begin(path, { model: 'm', input: 'x', messages: [], max_tokens: 1 });
      attempt.responseHead(status, [['content-type', 'application/json']]);
      attempt.responseChunk(encodeUtf8(answer(input[0], output[0], cached[0], reasoning[0])));
      attempt.end({ by: 'completion' });
      calls.tracker.shutdown();
      checkMeasurements(calls.measurements);
      for (const { attributes } of calls.spans) {
        for (const [name, value] of Object.entries(attributes)) if (name.startsWith('gen_ai.usage.')) ok(typeof value === 'number' && Number.isSafeInteger(value) && value >= 0, `${name} is ${String(value)}`);
      }
      const operation = calls.spans.find((span) => 'gen_ai.operation.name' in span.attributes);
      // Anthropic's input has its cached parts beside it, Gemini's its tools'.
      if (path !== '/v1/messages') strictEqual(operation?.attributes['gen_ai.usage.input_tokens'], input[1]);
      const told = calls.measurements.find(({ metric }) => metric === (path === '/v1/embeddings' ? 'gen_ai.client.embeddings.operation.input_tokens' : 'gen_ai.client.inference.operation.input_tokens'))?.value;
      if (path !== '/v1/messages') strictEqual(told, input[1]);
    }),
  },
  {
    tried: 'Retry-After as an HTTP date in all three forms (IMF-fixdate, RFC 850, asctime), from two days past to forty days ahead, at any time from 1995 to 2090',
    result: 'The seconds until then, zero if it has passed; nothing where that is over 31 days, or a day past.',
    runs: 2_000,
    property: fc.property(fc.integer({ min: 788_918_400, max: 3_786_912_000 }), fc.integer({ min: -172_800, max: 3_456_000 }), fc.constantFrom(...DATE_FORMS), (now, wait, write) => {
      const { telemetry, facts } = readHead(503, [['retry-after', write(new Date((now + wait) * 1_000))]], now * 1_000);
      const expected = wait > MAX_WAIT_S || wait < -86_400 ? undefined : Math.max(0, wait);
      deepStrictEqual([telemetry.retryAfter, facts.retryAfter], [expected, expected]);
    }),
  },
  {
    tried: 'Retry-After of 0, 1e9, past 31 days, negative, with a sign, in hex, infinite, of impossible dates, and garbage',
    result: 'Seconds where they are plainly written and at most 31 days, else nothing.',
    runs: 200,
    property: fc.property(fc.constantFrom(...WAITS), fc.constantFrom(Date.UTC(2026, 10, 5), Date.UTC(2026, 1, 20)), ([value, expected], now) => {
      strictEqual(readHead(429, [['retry-after', value]], now).telemetry.retryAfter, expected);
    }),
  },
  {
    tried: 'Rate-limit headers in every spelling with absurd values, through to spans and gauges',
    result: 'Gauges and attributes get whole numbers from zero to 10^15, resets at most 31 days; all else is left out.',
    runs: 1_000,
    property: fc.property(fc.array(fc.tuple(fc.constantFrom(...RATE_LIMIT_HEADERS.keys(), 'ratelimit'), fc.oneof(fc.constantFrom('-1', '0', '1e9', '1.9', '999999999999999', '9999999999999999', 'NaN', 'Infinity', '-Infinity', '1s', '999999999d', '6m0s', '2026-13-45T99:99:99Z', '9999-12-31T23:59:59Z', '1754400000', 'limit=-1, remaining=NaN, reset=1e9', '"tokens";r=99999999999999999999;t=-1', ''), fc.double().map(String), fc.bigInt().map(String))), { maxLength: 8 }), (headers) => {
      const calls = new MeasuredCalls();
      const attempt = calls.begin(CHAT, { model: 'm' });
      attempt.responseHead(429, headers);
      attempt.end({ by: 'completion' });
      calls.tracker.shutdown();
      checkMeasurements(calls.measurements);
      for (const { kind, value } of calls.measurements) ok(kind !== 'gauge' || value <= 1e15);
      for (const { attributes } of calls.spans) {
        for (const [name, value] of Object.entries(attributes)) {
          if (!name.startsWith('outspan.rate_limit.')) continue;
          ok(typeof value === 'number' && value >= 0 && value <= (name.endsWith('.reset') ? MAX_WAIT_S : 1e15), `${name} is ${String(value)}`);
        }
      }
    }),
  },
];
