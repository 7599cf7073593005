import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TruncationKind } from '@outspan/core';
import { type FaultProvider, startFaultProvider } from '../server/provider.ts';
import { post, type RawExchange } from '../testing/raw-exchange.ts';
import { find, type Found, read, type Reading } from '../testing/reading.ts';
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

function whatCame({ status, framingWhole, body, reading, found }: Observed, truth: Truth, asEvents: boolean): Truth['whatIsSent'] {
  if (status === undefined) return 'nothing';
  if (body.length === 0) return 'head';
  const isAll = status !== 200 || found.terminal || truth.class === 'malformed_response' || (truth.class === 'server_error' && !asEvents);
  return framingWhole && reading.codingWhole && !reading.insideEvent && isAll ? 'whole' : 'partial';
}

describe.each(FAULTS.map((fault) => [fault.id, fault] as const))('%s', (id, fault) => {
  it.each(cellsOf(fault).map((cell) => [cell.dialect, cell.mode, cell] as const))('arrives in %s %s as its truth says', async (dialect, mode, cell) => {
    const truth = fault.truth(cell);
    const session = provider.session(id);
    const request = sampleRequest(dialect, mode);
    let seen = await post(`${session.baseUrl}${request.path}`, request.body, truth.phase !== undefined);
    const location = seen.headers.get('location');
    if (location !== undefined) seen = await post(new URL(location, session.baseUrl).href, request.body, false);

    const asEvents = seen.headers.get('content-type')?.startsWith('text/event-stream') === true || (mode === 'stream' && id === 'ok_wrong_content_type');
    const reading = read(seen, asEvents);
    const found = find(dialect, reading, asEvents);
    const observed: Observed = { ...seen, reading, found };

    expect(session.requests).toHaveLength(truth.requests);
    expect(seen.status).toBe(truth.status);
    if (truth.status !== 200 && truth.status !== undefined) {
      expect(seen.framingWhole).toBe(true);
      expect(reading.documents.length > 0).toBe(truth.providerSigned);
    }
    for (const kind of truth.truncation ?? []) expect(EVIDENCE[kind](observed), `evidence of ${kind}`).toBe(true);
    if (!truth.failed) {
      expect(reading.invalid).toBeUndefined();
      expect(found.terminal || (dialect === 'openai.chat' && found.finish !== undefined)).toBe(true);
    }
    if (truth.status === 200 && truth.class !== 'malformed_response') {
      expect(found.id !== undefined).toBe(truth.idSent);
      expect(found.model !== undefined).toBe(truth.modelSent);
      expect(found.terminal).toBe(truth.terminalSent);
      expect(found.input).toBe(truth.tokens?.input);
      expect(found.output).toBe(truth.tokens?.output);
      // The responses API has a status long before it has an end.
      if (dialect !== 'openai.responses' || truth.terminalSent) expect(found.finish).toBe(truth.finishReasonsSent[0]);
      expect(endsInside(found.toolArguments) && found.toolArguments !== '').toBe(truth.invalidToolCalls === 1 && dialect !== 'gemini.generate_content');
    }
    expect(whatCame(observed, truth, asEvents)).toBe(truth.whatIsSent);
    expect(seen.headers.get('retry-after')).toBe(truth.retryAfter === undefined ? undefined : String(truth.retryAfter));
    const signed = ['x-request-id', 'request-id', 'server-timing'].some((name) => seen.headers.has(name));
    expect(signed).toBe(truth.providerSigned);

    const logged = session.requests.at(-1)?.answered;
    expect(logged?.status).toBe(truth.requests === 0 ? undefined : truth.status);
    expect(logged?.bytes ?? 0).toBe(seen.body.length);
    expect(logged?.said.finishReasons ?? []).toEqual(truth.finishReasonsSent);
    expect(logged?.said.tokens).toEqual(truth.tokens);
  });
});

describe('the catalogue', () => {
  it('uses no name twice', () => {
    const names = FAULTS.flatMap((fault) => [fault.id, ...fault.aliases]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('gives a class, an origin and retryability to every failure and to nothing else', () => {
    for (const fault of FAULTS) {
      for (const cell of cellsOf(fault)) {
        const { failed, class: errorClass, origin, retryable } = fault.truth(cell);
        expect([errorClass, origin, retryable].map((part) => part !== undefined), fault.id).toEqual([failed, failed, failed]);
      }
    }
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
