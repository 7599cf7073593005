import type { ErrorClass, Origin } from '@outspan/core';
import type { Cell } from './cells/cell.ts';
import { knownAs } from './drivers/driver.ts';
import type { ExpectedAttempt, ExpectedEnd, ExpectedOperation, Expectation } from './judge/expectation.ts';
import type { Tracing } from './runner/job.ts';

/** Where the truth of a fault cannot be known, and what is asked of the spans instead. */
export interface Exception {
  /** Which drivers, in words. */
  readonly drivers: string;
  /** Which faults or patterns, in words. */
  readonly meets: string;
  /** What the spans say instead, in words. */
  readonly says: string;
  /** Why nothing better is possible. */
  readonly reason: string;
  readonly matches: (cell: Cell, tracing: 'hooked' | 'hookless') => boolean;
  readonly instead: (expected: Expectation) => Expectation;
}

const LANGCHAIN_GOOGLE_STREAM = /^langchain \d ChatGoogleGenerativeAI stream$/;

function meets({ script, pattern }: Cell, faults: RegExp): boolean {
  return pattern === 'read' && faults.test(script[0] ?? '');
}

function changed(expected: Expectation, operation: (operation: ExpectedOperation) => Partial<ExpectedOperation>, attempt: (attempt: ExpectedAttempt, index: number) => Partial<ExpectedAttempt> = () => ({})): Expectation {
  return {
    ...expected,
    operations: expected.operations.map((one) => ({ ...one, ...operation(one) })),
    attempts: expected.attempts.map((one, i) => ({ ...one, ...attempt(one, i) })),
  };
}

/** The same failure under any of these names. */
function oneOf(end: ExpectedEnd, classes: readonly ErrorClass[], origins: readonly Origin[]): ExpectedEnd {
  if (end.outcome !== 'failure') return end;
  const { retryable: _, ...rest } = end;
  return { ...rest, class: [...new Set([...end.class, ...classes])], origin: [...new Set([...end.origin, ...origins])] };
}

/** Every exception. A cell that matches none is held to the fault's own truth. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    drivers: 'node-fetch 2 streams',
    meets: 'break after the first event',
    says: 'success instead of cancelled',
    reason: 'the library does not let go of the answer when its reader leaves: on the wire the stream goes on to its end',
    matches: (cell) => cell.driver.id.startsWith('node-fetch 2 ') && cell.pattern === 'break_after_first',
    instead: (expected) => changed(expected, () => ({ end: { outcome: 'success' } }), () => ({ end: { outcome: 'success' } })),
  },
  {
    drivers: 'openai, anthropic, cohere',
    meets: 'quota_exhausted, and other errors that only the body tells, in an attempt that the SDK retries',
    says: 'of that attempt, not of the operation: rate_limited, the class of its status',
    reason: 'the SDK throws the body of an attempt that it retries away; whether it had come by then is chance, and a fetch of the application’s own hides it',
    matches: (cell) => meets(cell, /^quota_exhausted$/),
    instead: (expected) => changed(expected, () => ({}), ({ end }, i) => (i < expected.attempts.length - 1 ? { end: oneOf(end, ['rate_limited'], ['provider']) } : {})),
  },
  {
    drivers: 'anthropic and ai with the SDK’s own telemetry',
    meets: 'stream_reset_after_terminal, stream_fin_after_terminal; ok_zstd on Node 22; with Amazon Bedrock, a stream that does not call itself one',
    says: 'status ERROR and the SDK’s own error.type, but no error class of Outspan’s',
    reason: 'the SDK throws although the answer is whole (the fetch of Node 22 knows no zstd), and says so in the span that is its own',
    matches: (cell) => cell.driver.boundary.hooked === 'native' && (meets(cell, /^(?:stream_(?:reset|fin)_after_terminal|ok_zstd)$/) || (cell.driver.dialect.startsWith('aws.') && cell.driver.mode === 'stream' && meets(cell, /^ok_wrong_content_type$/))),
    instead: (expected) => changed(expected, ({ end }) => (end.outcome === 'success' ? { end: { ...end, sdkStatus: true } } : {})),
  },
  {
    drivers: 'mistral streams',
    meets: 'stream_reset_in_tool_call',
    says: 'cancelled',
    reason: 'the SDK trips over a piece of a tool call without a name (Mistral sends them whole) and cancels the rest of the answer, before it breaks',
    matches: (cell) => cell.driver.library === '@mistralai/mistralai' && meets(cell, /^stream_reset_in_tool_call$/),
    instead: (expected) => changed(expected, () => ({ end: { outcome: 'cancelled' }, truncation: [], finishReasons: false, invalidToolCalls: 0 }), () => ({ end: { outcome: 'cancelled' }, truncation: [] })),
  },
  {
    drivers: 'mistral embeddings with the SDK’s own telemetry',
    meets: 'answers that count tokens',
    says: '0 output tokens besides',
    reason: 'the SDK writes them to the span that is its own',
    // Of what does not call itself JSON it reads nothing.
    matches: (cell) => cell.driver.id === 'mistral 2 embeddings.create, native telemetry on' && !meets(cell, /^ok_wrong_content_type$/),
    instead: (expected) => changed(expected, ({ tokens }) => ({ tokens: tokens !== false && tokens.input !== undefined ? { ...tokens, output: 0 } : tokens })),
  },
  {
    drivers: 'cohere',
    meets: 'hang_before_head, no module hook',
    says: 'cancelled instead of a timeout',
    reason: 'the SDK aborts the exchange when its own time is up, and says nowhere in the request when that will be: on the wire it is an abort like the caller’s',
    matches: (cell, tracing) => tracing === 'hookless' && cell.driver.library === 'cohere-ai' && meets(cell, /^hang_before_head$/),
    instead: (expected) => changed(expected, () => ({ end: { outcome: 'cancelled' } }), () => ({ end: { outcome: 'cancelled' } })),
  },
  {
    drivers: 'cohere, streams of the first API',
    meets: 'ok_zstd, where Node’s fetch knows no zstd (22)',
    says: 'success, or cancelled, without the tokens and the finish reason',
    reason: 'the SDK trips over compressed bytes where it looks for lines, and cancels the rest: whether all of the answer had come by then is chance',
    matches: (cell) => cell.driver.dialect === 'cohere.v1_chat' && cell.driver.mode === 'stream' && meets(cell, /^ok_zstd$/),
    instead: (expected) => changed(expected, () => ({ end: { outcome: 'success', orCancelled: true }, tokens: false, finishReasons: false, responseId: undefined }), () => ({ end: { outcome: 'success', orCancelled: true } })),
  },
  {
    drivers: 'bedrock, genai and ollama streams',
    meets: 'break after the first event, no module hook',
    says: 'success, or cancelled',
    reason: 'the SDK does not cancel the response when its reader leaves: on the wire the stream goes on to its end, or until it is collected, which is chance',
    matches: ({ driver, pattern }, tracing) => tracing === 'hookless' && ['@aws-sdk/client-bedrock-runtime', '@google/genai', 'ollama'].includes(driver.library) && pattern === 'break_after_first',
    instead: (expected) => changed(expected, () => ({ end: { outcome: 'success', orCancelled: true } }), () => ({ end: { outcome: 'success', orCancelled: true } })),
  },
  {
    drivers: 'ai streamText',
    meets: 'break after the first event',
    says: 'success, or cancelled',
    reason: 'the SDK does not cancel the response when its reader leaves, and tells nobody: on the wire the stream goes on to its end, or until it is collected, which is chance',
    matches: ({ driver, pattern }) => /^ai \d streamText /.test(driver.id) && pattern === 'break_after_first',
    instead: (expected) => changed(expected, () => ({ end: { outcome: 'success', orCancelled: true } }), () => ({ end: { outcome: 'success', orCancelled: true } })),
  },
  {
    drivers: 'langchain',
    meets: 'request_too_large, unprocessable; ok_zstd where Node’s fetch knows no zstd (22); no module hook',
    says: 'an operation for each attempt',
    reason: 'it sends again what no SDK does, because it is no failure or because it will fail again: on the wire that is another call',
    matches: ({ driver, script, pattern }, tracing) => tracing === 'hookless' && driver.library === 'langchain' && pattern === 'read' && /^(?:request_too_large|unprocessable|ok_zstd)$/.test(script[0] ?? ''),
    instead: (expected) => ({ ...expected, ...(expected.attempts.length > 1 && { separately: true }) }),
  },
  {
    drivers: 'langchain ChatGoogleGenerativeAI stream',
    meets: 'break after the first event, no module hook',
    says: 'success, or cancelled',
    reason: 'the response is not cancelled when its reader leaves: on the wire the stream goes on to its end, or until fetch lets go of a response that nobody holds any more, which is chance',
    matches: ({ driver, pattern }, tracing) => tracing === 'hookless' && LANGCHAIN_GOOGLE_STREAM.test(driver.id) && pattern === 'break_after_first',
    instead: (expected) => changed(expected, () => ({ end: { outcome: 'success', orCancelled: true } }), () => ({ end: { outcome: 'success', orCancelled: true } })),
  },
  {
    drivers: 'langchain 0 ChatGoogleGenerativeAI and ChatAnthropic streams',
    meets: 'a stream that is aborted and never read; of Google’s also an abort in mid-stream',
    says: 'success, or cancelled',
    reason: 'the response is not cancelled by the caller’s signal, or only with the next event that is read: on the wire the stream goes on to its end, or until fetch lets go of a response that nobody holds any more, which is chance',
    matches: ({ driver, pattern }) => (pattern === 'never_read' && /^langchain 0 Chat(?:GoogleGenerativeAI|Anthropic) stream$/.test(driver.id)) || (pattern === 'abort_mid_stream' && driver.id === 'langchain 0 ChatGoogleGenerativeAI stream'),
    instead: (expected) => changed(expected, () => ({ end: { outcome: 'success', orCancelled: true } }), () => ({ end: { outcome: 'success', orCancelled: true } })),
  },
];

/** The expectation that a cell is held to. */
export function withExceptions(cell: Cell, tracing: Exclude<Tracing, 'off'>, expected: Expectation): Expectation {
  return EXCEPTIONS.filter((exception) => exception.matches(cell, knownAs(cell.driver, tracing))).reduce((so, exception) => exception.instead(so), expected);
}
