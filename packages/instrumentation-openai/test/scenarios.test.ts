import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Report, Told } from './fixtures/run-scenarios.ts';
import type { Telemetry } from './fixtures/tracing.ts';

const execute = promisify(execFile);
const RUNNER = fileURLToPath(new URL('fixtures/run-scenarios.ts', import.meta.url));
const SDKS = ['openai-5', 'openai-6', 'openai-7'] as const;
const WIRE = / over a wrapped fetch$/;
const SEAM = / over node:http$/;

const reports = new Map<string, Promise<Report>>();

/** Runs every scenario in a process of its own, as an application would be run. */
function report(telemetry: Telemetry, sdk: string, form: 'esm' | 'cjs'): Promise<Report> {
  const key = [telemetry, sdk, form].join(' ');
  const running =
    reports.get(key) ??
    execute(process.execPath, [RUNNER, telemetry, sdk, form], { maxBuffer: 64 * 1024 * 1024, timeout: 50_000 }).then(({ stdout }) => JSON.parse(stdout) as Report);
  reports.set(key, running);
  return running;
}

const WHOLE = 'chat gpt-5: unset [200] stop 12';
const CANCELLED = 'chat gpt-5: unset cancelled';

/** What is true of each scenario. `attempts` are named by their error class, else by their status. */
const TRUTH: Readonly<Record<string, string | readonly string[]>> = {
  unary: WHOLE,
  stream: 'chat gpt-5: unset [200] stop',
  'a repaired failure': 'chat gpt-5: unset [bad_gateway,200] stop 12',
  'an exhausted failure': 'chat gpt-5: error [server_error,server_error] server_error',
  'a refused request': 'chat gpt-5: error [context_length_exceeded] context_length_exceeded',
  'a cut stream': 'chat gpt-5: error [truncated_response] truncated_response stream_unterminated error',
  'a stream that loses its connection': 'chat gpt-5: error [truncated_response] truncated_response/ECONNRESET connection_lost error',
  'an error event': 'chat gpt-5: error [server_error] server_error error',
  'an event that does not parse': 'chat gpt-5: error [malformed_response] malformed_response error',
  'a page in place of an answer': 'chat gpt-5: error [malformed_response] malformed_response',
  'half of the JSON': 'chat gpt-5: error [truncated_response] truncated_response json_incomplete',
  'nobody listening': 'chat gpt-5: error [connection_refused] connection_refused/ECONNREFUSED',
  break: `${CANCELLED} [200] error`,
  'controller.abort()': `${CANCELLED} [200] error`,
  'tee()': 'chat gpt-5: unset [200] stop',
  'toReadableStream()': 'chat gpt-5: unset [200] stop',
  'asResponse()': WHOLE,
  'withResponse()': WHOLE,
  "the caller's abort before the answer": `${CANCELLED} [nothing]`,
  "the SDK's deadline before the answer": 'chat gpt-5: error [timeout] timeout',
  "the caller's deadline": 'chat gpt-5: error [timeout] timeout',
  'unary from a mock': 'chat gpt-5: unset [200] stop 2',
  'stream from a mock': 'chat gpt-5: unset [200] stop',
  'a cut stream from a mock': 'chat gpt-5: error [truncated_response] truncated_response stream_unterminated error',
  'a failure from a mock': 'chat gpt-5: error [quota_exhausted] quota_exhausted/insufficient_quota',
  'a page from a mock': 'chat gpt-5: error [bad_gateway] bad_gateway/502',
  'an empty answer from a mock': 'chat gpt-5: error [malformed_response] malformed_response',
  'a mock that throws': 'chat gpt-5: error [dns] dns/ENOTFOUND',
  'chat.completions.stream()': 'chat gpt-5: unset [200] stop',
  'chat.completions.stream(), cut': 'chat gpt-5: error [truncated_response] truncated_response stream_unterminated error',
  'chat.completions.stream(), aborted': `${CANCELLED} [200] error`,
  'responses.create()': 'chat gpt-5: unset [200] stop 12',
  'responses.create(), streamed': 'chat gpt-5: unset [200] stop 12',
  'responses.stream()': 'chat gpt-5: unset [200] stop 12',
  'embeddings.create()': 'embeddings text-embedding-3-small: unset [200]',
  'a low-level post': WHOLE,
  'models.list(), which is no LLM call': [],
  'withOptions()': 'chat gpt-5: unset [rate_limited,200] stop 12',
  'a subclass of the client': 'chat gpt-5: unset [bad_gateway,200] stop 12',
  'an Azure client': 'chat my-deployment: unset [200] stop 12',
  'two clients at the same time': ['chat gpt-5: error [server_error] server_error', WHOLE],
  'parse(), with an answer that its schema refuses': WHOLE,
  'parse(), with an answer that ran out of tokens': 'chat gpt-5: unset [200] token_limit length 12',
  'prose in place of JSON': 'chat gpt-5: error [invalid_output] invalid_output stop 12',
  'parse(), with prose in place of JSON': 'chat gpt-5: error [invalid_output] invalid_output stop 12',
  'runTools()': ['chat gpt-5: unset [200] stop 12', 'chat gpt-5: unset [200] tool_calls 12'],
  'an abort before the call': `${CANCELLED} []`,
  'an abort after the call': WHOLE,
  'an abort while the SDK waits to try again': `${CANCELLED} [bad_gateway]`,
  'a rejection that nobody handles': 'chat gpt-5: error [server_error] server_error',
  'a promise that is awaited late': WHOLE,
  'an application that throws in its loop': `${CANCELLED} [200] error`,
};

/** What differs where nothing listens on the wire. */
const TRUTH_AT_THE_SEAMS: typeof TRUTH = {
  // The application reads the body itself, and nobody reads it for us.
  'asResponse()': 'chat gpt-5: unset [200]',
  // Of what the SDK could not parse, only its complaint is known: it names the end of the text, or a place in it.
  'half of the JSON': 'chat gpt-5: error [malformed_response] malformed_response',
};

/** openai 5 and 6 leave a stalled body to their caller, who gives up; openai 7 sends again. */
const STALLED_BODY: Readonly<Record<string, string>> = {
  'openai-5': 'chat gpt-5: error [timeout] timeout stalled',
  'openai-6': 'chat gpt-5: error [timeout] timeout stalled',
  'openai-7': 'chat gpt-5: unset [timeout,200] stop 12',
};

function line({ name, status, attempts, class: errorClass, type, cancelled, truncation, finishReasons, outputTokens }: Told): string {
  const words = [`${name}:`, status, cancelled === true && 'cancelled', `[${attempts.join(',')}]`, errorClass !== undefined && (type === errorClass ? errorClass : `${errorClass}/${type}`)];
  return [...words, truncation, finishReasons, outputTokens].filter((word) => word !== undefined && word !== false).join(' ');
}

/** What of half a JSON document was read before it broke off differs with the transport, and is no news. */
const HALF_READ = /^(?<kept>.*(?:json_incomplete|stalled)) stop$/;

function expectTold(told: Report['told'], scenario: string, truth: string | readonly string[]): void {
  const lines = (told[scenario] ?? []).map((one) => line(one).replace(HALF_READ, '$<kept>')).toSorted();
  expect.soft(lines, scenario).toEqual(typeof truth === 'string' ? [truth] : truth);
}

describe.each(SDKS)('%s', (sdk) => {
  it.each([['on', 'esm'], ['on', 'cjs'], ['observed', 'esm'], ['observed', 'cjs']] as const)('behaves with telemetry as without it (%s, %s)', async (telemetry, form) => {
    const [traced, bare] = await Promise.all([report(telemetry, sdk, form), report('off', sdk, 'cjs')]);
    expect(Object.keys(traced.outcomes).length).toBeGreaterThan(80);
    for (const scenario of Object.keys(bare.outcomes)) expect.soft(traced.outcomes[scenario], scenario).toEqual(bare.outcomes[scenario]);
    expect(traced.unhandled).toEqual(bare.unhandled);
    expect(bare.unhandled).toHaveLength(1);
  });

  it('behaves the same where nothing listens on the wire', async () => {
    const [traced, bare] = await Promise.all([report('seams', sdk, 'cjs'), report('off', sdk, 'cjs')]);
    for (const scenario of Object.keys(bare.outcomes)) expect.soft(traced.outcomes[scenario], scenario).toEqual(bare.outcomes[scenario]);
    expect(traced.unhandled).toEqual(bare.unhandled);
  });

  it.each([['on', 'esm'], ['on', 'cjs'], ['observed', 'esm'], ['observed', 'cjs']] as const)('tells the truth of each use, however it is sent (%s, %s)', async (telemetry, form) => {
    const { told, stray } = await report(telemetry, sdk, form);
    for (const [scenario, truth] of Object.entries(TRUTH)) expectTold(told, scenario, truth);
    for (const scenario of Object.keys(told).filter((name) => WIRE.test(name))) {
      const truth = TRUTH[scenario.replace(WIRE, '')];
      if (truth !== undefined) expectTold(told, scenario, truth);
    }
    const atTheSeams = { ...TRUTH, ...TRUTH_AT_THE_SEAMS };
    for (const scenario of Object.keys(told).filter((name) => SEAM.test(name))) {
      const truth = atTheSeams[scenario.replace(SEAM, '')];
      if (truth !== undefined) expectTold(told, scenario, truth);
    }
    expectTold(told, 'a body that stalls', STALLED_BODY[sdk] ?? '');
    if (sdk === 'openai-7') expectTold(told, 'a body that stalls, over node:http', STALLED_BODY[sdk] ?? '');
    expect(stray).toEqual([]);
  });

  it('tells it from what passes through the SDK alone', async () => {
    const { told, stray } = await report('seams', sdk, 'cjs');
    const atTheSeams = { ...TRUTH, ...TRUTH_AT_THE_SEAMS };
    for (const [scenario, truth] of Object.entries(atTheSeams)) expectTold(told, scenario, truth);
    expectTold(told, 'a body that stalls', STALLED_BODY[sdk] ?? '');
    expect(stray).toEqual([]);
  });

  it.each(['on', 'observed'] as const)('calls every operation its own, and none inferred (%s)', async (telemetry) => {
    const { told } = await report(telemetry, sdk, 'esm');
    expect(new Set(Object.values(told).flat().map((one) => one.boundary))).toEqual(new Set(['sdk']));
  });
});
