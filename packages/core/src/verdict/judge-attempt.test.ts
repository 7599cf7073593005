import { describe, expect, it } from 'vitest';
import type { ToolCallFacts } from '../dialects/dialect.ts';
import type { BodyFacts, Ending, HeadFacts } from './evidence.ts';
import { COMPLETED, cutEvents, errorBody, events, evidence, foreign, json, OPEN_ANSWER, RESET, SIGNED_HEAD, STREAM_HEAD } from './evidence.fixture.ts';
import { judgeAttempt } from './judge-attempt.ts';
import type { Verdict } from './verdict.ts';
import { ERROR_CLASSES, TRUNCATION_KINDS } from './vocabulary.ts';

const CALLER: Ending = { by: 'caller' };
const ABANDONED: Ending = { by: 'abandonment' };
const DEADLINE: Ending = { by: 'deadline', phase: 'body' };
const HALF_CALL: ToolCallFacts = { name: 'weather', arguments: 'incomplete' };
const BROKEN_CALL: ToolCallFacts = { name: 'weather', arguments: 'invalid' };
const WHOLE_CALL: ToolCallFacts = { name: 'weather', arguments: 'valid' };

function judge(head: HeadFacts | undefined, body?: BodyFacts, ending: Ending = COMPLETED): Verdict {
  return judgeAttempt(evidence(head, body, ending));
}

/** Class, origin and retryable in one word each, so that a table row reads. */
function summary(verdict: Verdict): string {
  if (verdict.outcome !== 'failure') return verdict.outcome;
  const { error } = verdict;
  return `${error.class} ${error.origin} ${error.retryable ? 'retryable' : 'final'}`;
}

function status(code: number, more: Partial<HeadFacts> = {}): HeadFacts {
  return { status: code, ...more };
}

describe('a failure before a head', () => {
  const codes: readonly (readonly [code: string, summary: string])[] = [
    ['ECONNREFUSED', 'connection_refused network retryable'],
    ['EHOSTUNREACH', 'connection_refused network retryable'],
    ['ECONNRESET', 'connection_reset network retryable'],
    ['EPIPE', 'connection_reset network retryable'],
    ['UND_ERR_SOCKET', 'connection_closed network retryable'],
    ['UND_ERR_DESTROYED', 'connection_closed client final'],
    ['ENOTFOUND', 'dns network final'],
    ['EAI_AGAIN', 'dns network retryable'],
    ['CERT_HAS_EXPIRED', 'tls network final'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls network final'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls network final'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls network final'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls network final'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout client retryable'],
    ['ETIMEDOUT', 'timeout network retryable'],
    ['HPE_INVALID_CONSTANT', 'malformed_response gateway retryable'],
    ['HTTPParserError', 'malformed_response gateway retryable'],
    ['UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'invalid_request client final'],
    ['SOMETHING_NEW', 'unknown unknown final'],
    ['constructor', 'unknown unknown final'],
  ];
  it.each(codes)('takes the transport code %s for %s', (code, expected) => {
    expect(summary(judge(undefined, undefined, { by: 'network', code, phase: 'headers' }))).toBe(expected);
  });

  it("names the transport's code as the error's type", () => {
    expect(judge(undefined, undefined, { by: 'network', code: 'ECONNREFUSED', phase: 'connect' })).toMatchObject({ error: { type: 'ECONNREFUSED' } });
  });

  it('says in which phase a transport timed out, by its code', () => {
    expect(judge(undefined, undefined, { by: 'network', code: 'UND_ERR_CONNECT_TIMEOUT', phase: 'headers' })).toMatchObject({ error: { phase: 'connect' } });
    expect(judge(undefined, undefined, { by: 'network', code: 'UND_ERR_HEADERS_TIMEOUT', phase: 'body' })).toMatchObject({ error: { phase: 'headers' } });
  });

  it("takes a deadline for the client's timeout in that phase", () => {
    expect(judge(undefined, undefined, { by: 'deadline', phase: 'headers' })).toEqual({
      outcome: 'failure',
      error: { class: 'timeout', origin: 'client', type: 'timeout', retryable: true, phase: 'headers' },
      invalidToolCalls: 0,
    });
  });

  it("is none when the caller stopped it, or nobody saw the end", () => {
    expect(summary(judge(undefined, undefined, CALLER))).toBe('cancelled');
    expect(summary(judge(undefined, undefined, ABANDONED))).toBe('abandoned');
  });

  it('is unknown when the transport completed without a head', () => {
    expect(summary(judge(undefined, undefined, COMPLETED))).toBe('unknown unknown final');
  });
});

describe('a failing status', () => {
  const page = foreign('html');
  const proxyText = foreign('text', { hints: { proxyPage: true } });
  const blockPage = foreign('html', { hints: { edgeBlock: true } });
  const own = errorBody({ message: 'Something of the provider' });
  const empty = foreign('empty');
  const rows: readonly (readonly [what: string, head: HeadFacts, body: BodyFacts | undefined, summary: string])[] = [
    ["400 with the provider's body", status(400), own, 'invalid_request request final'],
    ['401 without a body', status(401), empty, 'authentication account final'],
    ['402 without a body', status(402), empty, 'quota_exhausted account final'],
    ["403 with the provider's body", status(403, { server: 'cloudflare' }), own, 'permission_denied account final'],
    ['403 with HTML', status(403), page, 'blocked_by_edge gateway final'],
    ['403 that the edge says it mitigated', status(403, { edgeMitigated: true }), empty, 'blocked_by_edge gateway final'],
    ['403 of a CDN without a body', status(403, { server: 'cloudfront' }), undefined, 'blocked_by_edge gateway final'],
    ['403 signed by the provider without a body', status(403, { server: 'cloudflare', providerSigned: true }), undefined, 'permission_denied account final'],
    ['404 without a word of a model', status(404), own, 'invalid_request request final'],
    ['407', status(407), page, 'authentication gateway final'],
    ["408 with the provider's body", status(408), own, 'timeout provider retryable'],
    ["408 with a proxy's page", status(408), page, 'gateway_timeout gateway retryable'],
    ['408 without a body', status(408), undefined, 'gateway_timeout gateway retryable'],
    ['409', status(409), own, 'invalid_request request retryable'],
    ['413', status(413), page, 'request_too_large request final'],
    ['422', status(422), own, 'invalid_request request final'],
    ['429 without a body', status(429), undefined, 'rate_limited provider retryable'],
    ["429 with a proxy's page", status(429), page, 'rate_limited gateway retryable'],
    ['429 with a challenge page', status(429), blockPage, 'blocked_by_edge gateway final'],
    ["500 with the provider's body", status(500), own, 'server_error provider retryable'],
    ['500 without a body', status(500), undefined, 'server_error provider retryable'],
    ["500 with a proxy's page", status(500), page, 'bad_gateway gateway retryable'],
    ['501', status(501), own, 'server_error provider final'],
    ["502 with the provider's body", status(502), own, 'server_error provider retryable'],
    ['502 without a body, though signed', status(502, { providerSigned: true }), empty, 'bad_gateway gateway retryable'],
    ["502 with a proxy's page, though signed", status(502, { providerSigned: true }), page, 'bad_gateway gateway retryable'],
    ["503 with the provider's body", status(503), own, 'overloaded provider retryable'],
    ["503 with a proxy's text", status(503), proxyText, 'bad_gateway gateway retryable'],
    ['503 of nginx without a body', status(503, { server: 'nginx/1.27.0' }), empty, 'bad_gateway gateway retryable'],
    ['503 of nobody without a body', status(503), empty, 'overloaded provider retryable'],
    ['503 with a challenge page', status(503), blockPage, 'blocked_by_edge gateway final'],
    ['504', status(504), page, 'gateway_timeout gateway retryable'],
    ['521', status(521), page, 'bad_gateway gateway retryable'],
    ['522', status(522), undefined, 'gateway_timeout gateway retryable'],
    ['524', status(524), page, 'gateway_timeout gateway retryable'],
    ['529', status(529), own, 'overloaded provider retryable'],
    ['418, which no table has', status(418), undefined, 'invalid_request request final'],
    ["599's neighbour, which no table has", status(555), page, 'bad_gateway gateway retryable'],
  ];
  it.each(rows)('takes %s', (_what, head, body, expected) => {
    expect(summary(judge(head, body))).toBe(expected);
  });

  it("does not take a proxy's JSON for the provider's", () => {
    const body = json({ ...OPEN_ANSWER, recognised: false, error: { message: 'no healthy upstream' } }, { hints: { proxyPage: true } });
    expect(summary(judge(status(503), body))).toBe('bad_gateway gateway retryable');
  });

  it.each([RESET, CALLER, DEADLINE, ABANDONED])('fails however its body ended: $by', (ending) => {
    // Measured: SDKs cancel the body of an answer that they are going to retry.
    expect(summary(judge(status(503), undefined, ending))).toBe('overloaded provider retryable');
  });

  it.each([true, false])('is retryable as x-should-retry says: %s', (shouldRetry) => {
    expect(judge(status(409, { shouldRetry }), own)).toMatchObject({ error: { retryable: shouldRetry } });
    expect(judge(status(500, { shouldRetry }), own)).toMatchObject({ error: { retryable: shouldRetry } });
  });

  it("has the provider's code as its type, else its type, else the status", () => {
    expect(judge(status(429), errorBody({ code: 'insufficient_quota', type: 'billing' }))).toMatchObject({ error: { type: 'insufficient_quota' } });
    expect(judge(status(529), errorBody({ type: 'overloaded_error' }))).toMatchObject({ error: { type: 'overloaded_error' } });
    expect(judge(status(502), page)).toMatchObject({ error: { type: '502' } });
  });

  it("does not let an identifier or an echoed key become the error's type", () => {
    expect(judge(status(401), errorBody({ code: 'sk-proj-4f9a8b7c6d5e4f3a2b1c0d9e', type: 'invalid_request_error' }))).toMatchObject({ error: { type: 'invalid_request_error' } });
    expect(judge(status(500), errorBody({ code: 'no such thing as this' }))).toMatchObject({ error: { type: '500' } });
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('with status %i is no failure of the attempt', (code) => {
    expect(summary(judge(status(code), foreign('empty')))).toBe('success');
  });

  it('that is none (304) is no answer to a call', () => {
    expect(summary(judge(status(304), foreign('empty')))).toBe('malformed_response gateway retryable');
  });
});

describe('a whole answer', () => {
  it('is a success', () => {
    expect(judge(SIGNED_HEAD, json())).toEqual({ outcome: 'success', invalidToolCalls: 0 });
  });

  it('without a finish reason is one as well, when it is one document', () => {
    // A background response is `in_progress`; embeddings finish for no reason.
    expect(summary(judge(SIGNED_HEAD, json({ terminal: false, finishReasons: [] })))).toBe('success');
  });

  it.each([RESET, CALLER, DEADLINE, ABANDONED])('stays a success when the stream ends after its terminal event by $by', (ending) => {
    expect(summary(judge(STREAM_HEAD, events(), ending))).toBe('success');
  });

  it('is lost when a document comes in place of a stream: its reader finds no events', () => {
    expect(summary(judge(SIGNED_HEAD, json({}, { inPlaceOfStream: true })))).toBe('malformed_response provider retryable');
    expect(summary(judge(SIGNED_HEAD, json({ finishReasons: ['malformed_tool_use'] }, { inPlaceOfStream: true })))).toBe('invalid_tool_call provider retryable');
  });

  it('is malformed when it says that it is done and nothing else', () => {
    expect(summary(judge(STREAM_HEAD, events({ recognised: false, finishReasons: [], choices: 0 })))).toBe('malformed_response provider retryable');
  });

  it('is cut when it says that it is done after the end of one of two choices, but not where no choice has a finish reason', () => {
    expect(judge(STREAM_HEAD, events({ finishReasons: ['stop'], choices: 2 }))).toMatchObject({ error: { class: 'truncated_response', origin: 'provider' }, truncation: ['stream_unterminated'] });
    expect(summary(judge(STREAM_HEAD, events({ finishReasons: [], choices: 2 })))).toBe('success');
  });

  it('is malformed when its bytes are not in the coding that its head names', () => {
    expect(summary(judge(STREAM_HEAD, foreign('opaque', { defect: 'invalid' })))).toBe('malformed_response provider retryable');
  });

  it('stays a success when only the compression’s trailer is missing after the terminal event', () => {
    expect(summary(judge(STREAM_HEAD, events({}, { defect: 'compression' })))).toBe('success');
  });

  it.each([RESET, CALLER, DEADLINE])('stays a success when every promised byte came before $by', (ending) => {
    expect(summary(judge(SIGNED_HEAD, json({}, { bytes: 100, expected: 100 }), ending))).toBe('success');
  });

  it('of one document is still lost when its Content-Length promised more', () => {
    const body = json({}, { bytes: 100, expected: 150 });
    expect(judge(SIGNED_HEAD, body, RESET)).toMatchObject({ error: { class: 'truncated_response', origin: 'network' }, truncation: ['connection_lost'] });
    expect(judge(SIGNED_HEAD, body, COMPLETED)).toMatchObject({ error: { class: 'truncated_response', origin: 'network' }, truncation: ['connection_lost'] });
  });

  it('of one document is still lost when its chunked framing was cut: the client never hands it out', () => {
    expect(judge(SIGNED_HEAD, json(), RESET)).toMatchObject({ error: { class: 'truncated_response' }, truncation: ['connection_lost'] });
  });

  it('past the cap is judged by what was read of it', () => {
    expect(summary(judge(SIGNED_HEAD, json({}, { defect: 'oversized' })))).toBe('success');
    expect(summary(judge(SIGNED_HEAD, foreign('opaque', { defect: 'oversized' })))).toBe('success');
    expect(summary(judge(STREAM_HEAD, cutEvents({}, { defect: 'oversized' })))).toBe('success');
  });

  it('that cannot be decoded here is not called a failure', () => {
    expect(summary(judge(SIGNED_HEAD, foreign('opaque')))).toBe('success');
  });

  it('that the token budget ended is a success, and says so', () => {
    expect(judge(SIGNED_HEAD, json({ finishReasons: ['length'], tokenLimited: true }))).toEqual({ outcome: 'success', truncation: ['token_limit'], invalidToolCalls: 0 });
  });

  it('that the token budget ended in a tool call says that, too', () => {
    expect(judge(STREAM_HEAD, events({ tokenLimited: true, toolCalls: [WHOLE_CALL, HALF_CALL] }))).toEqual({
      outcome: 'success',
      truncation: ['token_limit', 'tool_arguments_incomplete'],
      invalidToolCalls: 1,
    });
  });

  it('that the filter ended is a success, also within a tool call', () => {
    expect(summary(judge(SIGNED_HEAD, json({ finishReasons: ['content_filter'], filtered: true })))).toBe('success');
    expect(judge(SIGNED_HEAD, json({ finishReasons: ['content_filter'], filtered: true, toolCalls: [HALF_CALL] }))).toMatchObject({ outcome: 'success', invalidToolCalls: 1 });
  });

  it.each([HALF_CALL, BROKEN_CALL])('with $arguments tool arguments under a finish reason that claims they are whole is a failure', (call) => {
    expect(judge(SIGNED_HEAD, json({ finishReasons: ['tool_calls'], toolCalls: [WHOLE_CALL, call] }))).toEqual({
      outcome: 'failure',
      error: { class: 'invalid_tool_call', origin: 'provider', type: 'invalid_tool_call', retryable: true },
      invalidToolCalls: 1,
    });
  });

  it('whose finish reason says that the tool call was malformed is a failure, though the call is not there', () => {
    expect(judge(SIGNED_HEAD, json({ finishReasons: ['MALFORMED_FUNCTION_CALL'] }))).toMatchObject({ error: { class: 'invalid_tool_call' }, invalidToolCalls: 1 });
    expect(judge(SIGNED_HEAD, json({ finishReasons: ['TOO_MANY_TOOL_CALLS'] }))).toMatchObject({ error: { class: 'invalid_tool_call' } });
  });

  it.each([
    ['error', 'server_error provider retryable'],
    ['insufficient_system_resource', 'overloaded provider retryable'],
    ['NO_IMAGE', 'malformed_response provider retryable'],
    ['MISSING_THOUGHT_SIGNATURE', 'invalid_request request final'],
  ])('whose finish reason is %s is a failure', (reason, expected) => {
    const verdict = judge(STREAM_HEAD, events({ finishReasons: [reason] }));
    expect(summary(verdict)).toBe(expected);
    expect(verdict).toMatchObject({ error: { type: reason } });
  });
});

it('takes a challenge under a good status for the edge’s', () => {
  const head: HeadFacts = { status: 202, edgeMitigated: true };
  expect(summary(judge(head, { form: 'empty', bytes: 0 }))).toBe('blocked_by_edge gateway final');
  expect(summary(judge({ ...SIGNED_HEAD, edgeMitigated: true }, json({})))).toBe('success');
});

describe('an answer with an error in it', () => {
  it('is a failure by its code, whatever the status', () => {
    expect(summary(judge(SIGNED_HEAD, errorBody({ code: 'context_length_exceeded' })))).toBe('context_length_exceeded request final');
    expect(summary(judge(STREAM_HEAD, cutEvents({ error: { type: 'overloaded_error' } })))).toBe('overloaded provider retryable');
  });

  it("is the server's error where its code says nothing", () => {
    const verdict = judge(SIGNED_HEAD, errorBody({ message: 'Something went wrong' }));
    expect(summary(verdict)).toBe('server_error provider retryable');
    expect(verdict).toMatchObject({ error: { type: 'server_error' } });
  });

  it('goes by the status inside the error', () => {
    expect(summary(judge(STREAM_HEAD, cutEvents({ error: { status: 503, message: 'Try later' } })))).toBe('overloaded provider retryable');
    expect(summary(judge(STREAM_HEAD, cutEvents({ error: { code: '429' } })))).toBe('rate_limited provider retryable');
  });

  it('stays one when the SDK aborts the stream over it', () => {
    expect(summary(judge(STREAM_HEAD, cutEvents({ error: { type: 'api_error' } }), CALLER))).toBe('server_error provider retryable');
  });
});

describe('a body under 200 that is no answer', () => {
  const rows: readonly (readonly [what: string, head: HeadFacts, body: BodyFacts, summary: string])[] = [
    ['HTML', SIGNED_HEAD, foreign('html'), 'malformed_response gateway retryable'],
    ['text that the provider signed', SIGNED_HEAD, foreign('text'), 'malformed_response provider retryable'],
    ['text that nobody signed', status(200), foreign('text'), 'malformed_response gateway retryable'],
    ["a proxy's text, though signed", SIGNED_HEAD, foreign('text', { hints: { proxyPage: true } }), 'malformed_response gateway retryable'],
    ['nothing, signed', SIGNED_HEAD, foreign('empty'), 'malformed_response provider retryable'],
    ['nothing, unsigned', status(200), foreign('empty'), 'malformed_response gateway retryable'],
    ['foreign JSON, signed', SIGNED_HEAD, json({ recognised: false }), 'malformed_response provider retryable'],
    ['foreign JSON, unsigned', status(200), json({ recognised: false }), 'malformed_response gateway retryable'],
    ['invalid JSON', status(200), json({}, { defect: 'invalid' }), 'malformed_response provider retryable'],
    ['an event that does not parse', STREAM_HEAD, events({}, { defect: 'invalid' }), 'malformed_response provider retryable'],
  ];
  it.each(rows)('is malformed: %s', (_what, head, body, expected) => {
    const verdict = judge(head, body);
    expect(summary(verdict)).toBe(expected);
    expect(verdict).toMatchObject({ error: { type: 'malformed_response' } });
    expect(verdict.truncation).toBeUndefined();
  });

  it('stays malformed when the SDK aborts the stream over an event that it cannot parse', () => {
    expect(summary(judge(STREAM_HEAD, cutEvents({}, { defect: 'invalid' }), CALLER))).toBe('malformed_response provider retryable');
  });

  it('is malformed by the gateway when the framing itself is garbage', () => {
    expect(summary(judge(STREAM_HEAD, cutEvents(), { by: 'network', code: 'HPE_INVALID_CHUNK_SIZE', phase: 'body' }))).toBe('malformed_response gateway retryable');
  });

  it('that is a completed exchange without any body counts as empty', () => {
    expect(summary(judge(SIGNED_HEAD, undefined))).toBe('malformed_response provider retryable');
  });
});

describe('an answer that came in part', () => {
  interface Row {
    readonly what: string;
    readonly head?: HeadFacts;
    readonly body: BodyFacts | undefined;
    readonly ending?: Ending;
    readonly retryable?: boolean;
    readonly origin: string;
    readonly type: string;
    readonly truncation: readonly string[];
  }
  const rows: readonly Row[] = [
    { what: 'by a reset', body: cutEvents(), ending: RESET, origin: 'network', type: 'ECONNRESET', truncation: ['connection_lost'] },
    { what: 'by a reset inside an event', body: cutEvents({}, { defect: 'incomplete' }), ending: RESET, origin: 'network', type: 'ECONNRESET', truncation: ['connection_lost'] },
    { what: 'by an error that is not known', body: cutEvents(), ending: { by: 'network', code: 'E_NEW', phase: 'body' }, origin: 'network', type: 'truncated_response', truncation: ['connection_lost'] },
    { what: 'by a reset right after the head', body: undefined, ending: RESET, origin: 'network', type: 'ECONNRESET', truncation: ['connection_lost'] },
    { what: 'short of its Content-Length', body: json({}, { defect: 'incomplete', bytes: 50, expected: 100 }), origin: 'network', type: 'truncated_response', truncation: ['connection_lost'] },
    { what: 'by a clean end between events', body: cutEvents(), origin: 'provider', type: 'truncated_response', truncation: ['stream_unterminated'] },
    { what: "by a clean end, from a proxy's own server unsigned", head: { ...STREAM_HEAD, providerSigned: false, server: 'nginx' }, body: cutEvents(), origin: 'gateway', type: 'truncated_response', truncation: ['stream_unterminated'] },
    { what: 'by a clean end before the first event', body: foreign('empty'), origin: 'provider', type: 'truncated_response', truncation: ['stream_unterminated'] },
    { what: 'by a clean end with its Content-Length satisfied', body: cutEvents({}, { bytes: 100, expected: 100 }), ending: RESET, origin: 'provider', type: 'truncated_response', truncation: ['stream_unterminated'] },
    { what: 'inside an event', body: cutEvents({}, { defect: 'incomplete' }), origin: 'provider', type: 'truncated_response', truncation: ['event_incomplete'] },
    { what: 'as half a JSON document', head: SIGNED_HEAD, body: json(OPEN_ANSWER, { defect: 'incomplete' }), origin: 'provider', type: 'truncated_response', truncation: ['json_incomplete'] },
    { what: 'as half a compressed document', head: SIGNED_HEAD, body: json(OPEN_ANSWER, { defect: 'compression' }), origin: 'provider', type: 'truncated_response', truncation: ['compression_incomplete'] },
    { what: 'as half a compressed stream', body: cutEvents({}, { defect: 'compression' }), origin: 'provider', type: 'truncated_response', truncation: ['compression_incomplete'] },
    { what: 'as compressed bytes that give nothing', body: foreign('opaque', { defect: 'compression' }), origin: 'provider', type: 'truncated_response', truncation: ['compression_incomplete'] },
    { what: 'inside a tool call, cleanly', body: cutEvents({ toolCalls: [HALF_CALL] }), origin: 'provider', type: 'truncated_response', truncation: ['stream_unterminated', 'tool_arguments_incomplete'] },
    { what: 'by what this side allows an answer to be', body: cutEvents(), ending: { by: 'network', code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE', phase: 'body' }, origin: 'client', type: 'UND_ERR_RES_EXCEEDED_MAX_SIZE', retryable: false, truncation: ['connection_lost'] },
    { what: 'inside a tool call, by a reset', body: cutEvents({ toolCalls: [HALF_CALL] }), ending: RESET, origin: 'network', type: 'ECONNRESET', truncation: ['connection_lost', 'tool_arguments_incomplete'] },
  ];
  it.each(rows)('is truncated $what', ({ head = STREAM_HEAD, body, ending, origin, type, retryable = true, truncation }) => {
    expect(judge(head, body, ending)).toMatchObject({ outcome: 'failure', error: { class: 'truncated_response', origin, type, retryable }, truncation });
  });

  it('and then no more until a deadline has stalled', () => {
    expect(judge(STREAM_HEAD, cutEvents(), DEADLINE)).toEqual({
      outcome: 'failure',
      error: { class: 'timeout', origin: 'client', type: 'timeout', retryable: true, phase: 'body' },
      truncation: ['stalled'],
      invalidToolCalls: 0,
    });
  });

  it('and stalled inside a tool call says that, too', () => {
    expect(judge(STREAM_HEAD, cutEvents({ toolCalls: [HALF_CALL] }), DEADLINE)).toMatchObject({ truncation: ['stalled', 'tool_arguments_incomplete'], invalidToolCalls: 1 });
  });

  it("and stalled until the transport's own body timeout has stalled as well", () => {
    expect(judge(STREAM_HEAD, cutEvents(), { by: 'network', code: 'UND_ERR_BODY_TIMEOUT', phase: 'body' })).toMatchObject({
      error: { class: 'timeout', type: 'UND_ERR_BODY_TIMEOUT', phase: 'body' },
      truncation: ['stalled'],
    });
  });

  it.each([cutEvents(), cutEvents({ toolCalls: [HALF_CALL] }), cutEvents({}, { defect: 'incomplete' }), json(OPEN_ANSWER, { defect: 'incomplete' }), undefined])(
    'because the caller wanted no more is cancelled, and reports no truncation (%#)',
    (body) => {
      expect(judge(STREAM_HEAD, body, CALLER)).toEqual({ outcome: 'cancelled', invalidToolCalls: 0 });
    },
  );

  it('and was let go of is abandoned', () => {
    expect(summary(judge(STREAM_HEAD, cutEvents(), ABANDONED))).toBe('abandoned');
    expect(summary(judge(STREAM_HEAD, undefined, ABANDONED))).toBe('abandoned');
  });
});

describe('the vocabulary', () => {
  const failures: readonly Verdict[] = [
    ...['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET', 'ENOTFOUND', 'EPROTO', 'ETIMEDOUT', 'E_NEW'].map((code) => judge(undefined, undefined, { by: 'network', code, phase: 'connect' })),
    ...[400, 401, 402, 403, 413, 429, 500, 502, 503, 504].map((code) => judge(status(code))),
    judge(status(403), foreign('html')),
    ...['model_not_found', 'context_length_exceeded', 'content_filter'].map((code) => judge(status(400), errorBody({ code }))),
    judge(STREAM_HEAD, cutEvents()),
    judge(SIGNED_HEAD, foreign('html')),
    judge(SIGNED_HEAD, json({ toolCalls: [BROKEN_CALL] })),
    judge(SIGNED_HEAD, json({ brokenPromise: true })),
  ];
  it.each(ERROR_CLASSES)('has a case for the class %s', (name) => {
    expect(failures.some((verdict) => verdict.outcome === 'failure' && verdict.error.class === name)).toBe(true);
  });

  const truncated: readonly Verdict[] = [
    judge(STREAM_HEAD, cutEvents(), RESET),
    judge(STREAM_HEAD, cutEvents({ toolCalls: [HALF_CALL] })),
    judge(STREAM_HEAD, cutEvents({}, { defect: 'incomplete' })),
    judge(SIGNED_HEAD, json({}, { defect: 'incomplete' })),
    judge(SIGNED_HEAD, json({}, { defect: 'compression' })),
    judge(STREAM_HEAD, cutEvents(), DEADLINE),
    judge(SIGNED_HEAD, json({ tokenLimited: true })),
  ];
  it.each(TRUNCATION_KINDS)('has a case for the truncation %s', (kind) => {
    expect(truncated.some((verdict) => verdict.truncation?.includes(kind))).toBe(true);
  });
});
