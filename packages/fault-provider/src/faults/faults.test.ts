import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DialectId, TruncationKind } from '@outspan/core';
import type { Mode } from '../dialects/call.ts';
import { wireDialect } from '../dialects/table.ts';
import { type FaultProvider, startFaultProvider } from '../server/provider.ts';
import { postOverHttp2 } from '../testing/http2-exchange.ts';
import { post, type RawExchange } from '../testing/raw-exchange.ts';
import { find, type Form, type Found, NOT_JSON, read, type Reading } from '../testing/reading.ts';
import { sampleRequest } from '../testing/requests.ts';
import { FAULTS } from './catalogue.ts';
import { cellsOf } from './describe.ts';
import type { Truth } from './fault.ts';

let provider: FaultProvider;

beforeAll(async () => {
  provider = await startFaultProvider({ hugeBodyBytes: 300_000, hugeEventBytes: 100_000, tokenDelayMs: 1 });
});

afterAll(async () => {
  await provider.close();
});

interface Observed extends RawExchange {
  readonly dialect: DialectId;
  readonly reading: Reading;
  readonly found: Found;
}

/** What must be seen on the wire for a truncation to be of its kind. */
const EVIDENCE: Readonly<Record<TruncationKind, (seen: Observed) => boolean>> = {
  connection_lost: ({ framingWhole, left }) => !framingWhole && (left === 'fin' || left === 'reset'),
  stream_unterminated: ({ framingWhole, reading, found }) => framingWhole && !reading.insideEvent && !found.terminal,
  event_incomplete: ({ framingWhole, reading }) => framingWhole && reading.insideEvent,
  json_incomplete: ({ framingWhole, reading }) => framingWhole && reading.invalid !== undefined && endsInside(reading.invalid),
  compression_incomplete: ({ framingWhole, reading }) => framingWhole && !reading.codingWhole,
  stalled: ({ framingWhole, left }) => !framingWhole && left === 'quiet',
  token_limit: ({ found }) => ['length', 'max_output_tokens', 'max_tokens', 'MAX_TOKENS'].includes(String(found.finish)),
  tool_arguments_incomplete: ({ found }) => endsInside(found.toolArguments),
};

/** A proper prefix of a JSON text: the parser complains of the end, not of what is there. */
function endsInside(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    const message = String(error);
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
    return /Unexpected end|Unterminated string/.test(message) || position >= text.length;
  }
}

/** Whether there is an answer in which a reader can look for what it says. */
function isReadable({ status, class: errorClass }: Truth): boolean {
  return status === 200 && errorClass !== 'malformed_response';
}

function saidBy(truth: Truth, dialect: DialectId): object {
  return {
    id: truth.idSent,
    model: truth.modelSent,
    terminal: truth.terminalSent,
    input: truth.tokens?.input,
    output: truth.tokens?.output,
    // The responses API has a status long before it has an end.
    finish: dialect === 'openai.responses' && !truth.terminalSent ? 'any' : truth.finishReasonsSent[0],
    // Gemini's malformed call is not sent.
    halfArguments: truth.invalidToolCalls === 1 && dialect !== 'gemini.generate_content',
  };
}

function truthOf(seen: Observed, truth: Truth, asEvents: boolean): object {
  const { dialect, status, headers, framingWhole, body, reading, found } = seen;
  const isAll = status !== 200 || found.terminal || truth.class === 'malformed_response' || (truth.class === 'server_error' && !asEvents);
  const isWhole = framingWhole && reading.codingWhole && !reading.insideEvent && isAll;
  const retryAfter = headers.get('retry-after');
  return {
    status,
    whatIsSent: status === undefined ? 'nothing' : body.length === 0 ? 'head' : isWhole ? 'whole' : 'partial',
    providerSigned: ['x-request-id', 'request-id', 'x-amzn-requestid', 'server-timing', 'x-debug-trace-id'].some((name) => headers.has(name)),
    retryAfter: retryAfter === undefined ? undefined : Number(retryAfter),
    evidenceOf: (truth.truncation ?? []).filter((kind) => EVIDENCE[kind](seen)),
    said: isReadable(truth)
      ? {
          id: found.id !== undefined,
          model: found.model !== undefined,
          terminal: found.terminal,
          input: found.input,
          output: found.output,
          finish: dialect === 'openai.responses' && !truth.terminalSent ? 'any' : found.finish,
          halfArguments: found.toolArguments !== '' && endsInside(found.toolArguments),
        }
      : undefined,
  };
}

const WIRES = [
  { name: 'HTTP/1.1', send: post },
  { name: 'HTTP/2', send: postOverHttp2 },
];
/** What the head says of the body's form, but for the one that says nothing of it. */
function formOf({ headers }: RawExchange, dialect: DialectId, mode: Mode, fault: string): Form {
  const type = headers.get('content-type') ?? '';
  if (type.includes('event')) return 'events';
  if (/(?:x-ndjson|stream\+json)$/.test(type)) return 'lines';
  if (mode === 'unary' || fault !== 'ok_wrong_content_type') return 'document';
  return wireDialect(dialect, 'model-1').streamsLines === undefined ? 'events' : 'lines';
}

describe.each(FAULTS.map((fault) => [fault.id, fault] as const))('%s', (id, fault) => {
  it.concurrent.each(WIRES.flatMap((wire) => cellsOf(fault).map((cell) => [cell.dialect, cell.mode, wire.name, wire.send, cell] as const)))('arrives in %s %s over %s as its truth says', async (dialect, mode, _, send, cell) => {
    const truth = fault.truth(cell);
    const session = provider.session(id);
    const request = sampleRequest(dialect, mode, cell.structured);
    let seen = await send(`${session.baseUrl}${request.path}`, request.body, truth.phase !== undefined, request.method);
    const location = seen.headers.get('location');
    if (location !== undefined) seen = await send(new URL(location, session.baseUrl).href, request.body, false, request.method);

    const form = formOf(seen, dialect, mode, id);
    const asEvents = form !== 'document';
    const reading = read(seen, form);
    const found = find(dialect, reading, asEvents);
    const observed: Observed = { ...seen, dialect, reading, found };

    const seenTruth = { requests: session.requests.length, ...truthOf(observed, truth, asEvents) };
    expect(seenTruth).toEqual({
      requests: truth.requests,
      status: truth.status,
      whatIsSent: truth.whatIsSent,
      providerSigned: truth.providerSigned,
      retryAfter: truth.retryAfter,
      evidenceOf: truth.truncation ?? [],
      said: isReadable(truth) ? saidBy(truth, dialect) : undefined,
    });
    // A healthy answer is all JSON and ends by the dialect's own word, or (in chat) at least by its finish reason.
    expect(truth.failed || ((reading.invalid === undefined || NOT_JSON.has(dialect)) && (found.terminal || (dialect === 'openai.chat' && found.finish !== undefined)))).toBe(true);
    // The provider speaks in JSON; what stands in front of it, in pages.
    expect(truth.status === undefined || truth.status < 400 || reading.documents.length > 0 === (truth.origin !== 'gateway')).toBe(true);

    const answered = session.requests.at(-1)?.answered;
    expect([answered?.bytes ?? 0, answered?.said.finishReasons ?? [], answered?.said.tokens]).toEqual([seen.body.length, truth.finishReasonsSent, truth.tokens]);
  });
});

describe('the catalogue', () => {
  it('uses no name twice', () => {
    const names = FAULTS.flatMap((fault) => [fault.id, ...fault.aliases]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('gives a class, an origin and retryability to every failure and to nothing else', () => {
    const wrong = FAULTS.filter((fault) =>
      cellsOf(fault).some((cell) => {
        const { failed, class: errorClass, origin, retryable } = fault.truth(cell);
        return [errorClass, origin, retryable].some((part) => (part !== undefined) !== failed);
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('refuses to say what is true where a fault cannot be met', () => {
    const fault = FAULTS.find(({ id }) => id === 'stream_reset');
    expect(() => fault?.truth({ dialect: 'openai.chat', mode: 'unary' })).toThrow(RangeError);
    expect(() => fault?.truth({ dialect: 'openai.embeddings', mode: 'stream' })).toThrow(RangeError);
  });

  it('counts a chat stream as having usage only when the request asked for it', () => {
    const ok = FAULTS.find(({ id }) => id === 'ok');
    expect(ok?.truth({ dialect: 'openai.chat', mode: 'stream' }).usageSent).toBe(false);
    expect(ok?.truth({ dialect: 'openai.chat', mode: 'stream', includeUsage: true }).usageSent).toBe(true);
  });
});
