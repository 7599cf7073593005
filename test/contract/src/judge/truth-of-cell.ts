import { type Judgement, type ReceivedRequest, type Truth } from '@outspan/fault-provider';
import { type Cell, faultOf } from '../cells/cell.ts';
import { type Driver, knownAs } from '../drivers/driver.ts';
import type { Tracing } from '../runner/job.ts';
import type { ExpectedAttempt, ExpectedEnd, Expectation } from './expectation.ts';

/** A redirect that the client does not follow: an answer that is none. */
const UNFOLLOWED: ExpectedEnd = { outcome: 'failure', class: ['malformed_response'], origin: ['gateway'], retryable: false };

/** What is true of a request that met this fault. */
export function truthOf(driver: Driver, fault: string): Truth {
  return faultOf(fault).truth({ dialect: driver.dialect, mode: driver.mode, ...(driver.includeUsage !== undefined && { includeUsage: driver.includeUsage }), ...(driver.model !== undefined && { model: driver.model }), ...(driver.structured && { structured: true }) });
}

/** The same for what a transport can know: undici takes a reset for the end of a body that only the connection's end delimits. */
export function judgementOf({ tellsEveryReset }: Driver, truth: Truth): Judgement {
  return tellsEveryReset === true ? truth : (truth.whenResetIsHidden ?? truth);
}

/** Whether a silence of this kind is ended by the driver's own deadline. */
function hasDeadline(driver: Driver, { phase }: Judgement): boolean {
  return phase === undefined || driver.deadline[phase === 'body' ? 'body' : 'head'] === 'own';
}

/** Whether a deadline has to pass in this cell. */
export function hasSilence({ driver, script, pattern }: Cell): boolean {
  return pattern === 'read' && script.some((fault) => truthOf(driver, fault).phase !== undefined);
}

/** Whether the call comes to an end without the application's giving up. */
export function endsItself({ driver, script, pattern }: Cell): boolean {
  return pattern !== 'read' || script.every((fault) => hasDeadline(driver, judgementOf(driver, truthOf(driver, fault))));
}

function endOf(driver: Driver, judgement: Judgement): ExpectedEnd {
  if (!judgement.failed) return { outcome: 'success' };
  // Nobody but the caller ends this silence, so it is the caller who stops the call.
  if (!hasDeadline(driver, judgement)) return { outcome: 'cancelled' };
  const { class: errorClass, origin, retryable, phase } = judgement;
  if (errorClass === undefined || origin === undefined || retryable === undefined) throw new TypeError('a failed judgement names class, origin and retryable');
  return { outcome: 'failure', class: [errorClass], origin: [origin], retryable, ...(phase !== undefined && { phase }) };
}

/**
 * What the spans of a cell have to say, from the truth of the faults that its requests met.
 *
 * @param requests those that the provider received; they say how many attempts there were
 */
export function expectationOf(cell: Cell, tracing: Exclude<Tracing, 'off'>, requests: readonly ReceivedRequest[]): Expectation {
  const { driver, pattern } = cell;
  const boundary = driver.boundary[knownAs(driver, tracing)];
  const met = cell.script[0] === 'refused' ? Array.from({ length: driver.attempts(cell.retries) }, () => ({ fault: 'refused' })) : requests;
  // What opens a call brings no answer, so that asking for it is no other try.
  const opened = requests.filter(({ opens }) => opens === true).length;
  const attempts = met.map((request, i) => ({ ...attemptOf(cell, request, i === met.length - 1), resends: i < opened ? 0 : i - opened }));
  const last = attempts.at(-1);
  const request = requests.at(-1);
  if (last === undefined) throw new RangeError(`${cell.id}: no request was made`);
  const judgement = judgementOf(driver, truthOf(driver, met.at(-1)?.fault ?? ''));
  const said = request?.answered.said;
  // An interrupted call need not have received what was sent last; the beginning it has.
  const interrupted = pattern !== 'read';
  // What stands in half a document may be found or not; a client that trips over an event reads no further.
  const unsure = interrupted || judgement.class === 'malformed_response' || (driver.mode === 'unary' && (judgement.truncation ?? []).some((kind) => kind !== 'token_limit'));
  const redirects = attempts.slice(0, -1).filter(({ status }) => status === 307).length;
  return {
    operations: [
      {
        boundary,
        end: last.status === 307 ? UNFOLLOWED : last.end,
        truncation: last.truncation,
        retryCount: attempts.length - redirects - opened - 1,
        ...(pattern !== 'never_read' && { responseId: said?.id, responseModel: said?.model }),
        tokens: unsure ? false : (said?.tokens ?? {}),
        finishReasons: unsure ? false : finishReasonsOf(cell, judgement, request),
        invalidToolCalls: interrupted || last.end.outcome === 'cancelled' ? 0 : (judgement.invalidToolCalls ?? 0),
      },
    ],
    attempts,
    ...(driver.around && { around: driver.around }),
    ...(driver.recordsContent && { recordsContent: true }),
  };
}

function attemptOf(cell: Cell, met: Pick<ReceivedRequest, 'fault'> & Partial<Pick<ReceivedRequest, 'answered'>>, last: boolean): Omit<ExpectedAttempt, 'resends'> {
  const { driver, pattern } = cell;
  const status = met.answered?.status;
  const truth = truthOf(driver, met.fault);
  if (last && pattern !== 'read') return { ...(status !== undefined && { status }), end: { outcome: 'cancelled' }, truncation: [] };
  const judgement = judgementOf(driver, truth);
  // Also where nobody follows it, a redirect is an exchange that did its part.
  const end = status === 307 ? ({ outcome: 'success' } as const) : endOf(driver, judgement);
  return { ...(status !== undefined && { status }), end, truncation: end.outcome === 'cancelled' ? [] : (judgement.truncation ?? []) };
}

/** What the conventions make of the Responses API's statuses, which stand for finish reasons. */
const RESPONSES: ReadonlyMap<string, string> = new Map([['completed', 'stop'], ['max_output_tokens', 'length'], ['failed', 'error']]);

function toldAs(reason: string, { dialect }: Driver, fault: string): string {
  if (dialect !== 'openai.responses') return reason;
  return reason === 'completed' && fault.includes('tool') ? 'tool_calls' : (RESPONSES.get(reason) ?? reason);
}

/** The position of a finish reason that never came is taken by `error`, where the stream had begun. */
function finishReasonsOf({ driver }: Cell, judgement: Judgement, request: ReceivedRequest | undefined): readonly string[] | false {
  if (driver.dialect === 'openai.embeddings' || request === undefined) return [];
  const { said, status = 500 } = request.answered;
  if (said.finishReasons.length > 0 || driver.mode === 'unary' || status >= 300) return said.finishReasons.map((reason) => toldAs(reason, driver, request.fault));
  // A page or a document in place of a stream is no stream that began.
  if (judgement.class === 'malformed_response' || request.fault === 'error_json_200') return false;
  return said.terminal ? [] : ['error'];
}
