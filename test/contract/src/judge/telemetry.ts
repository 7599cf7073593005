import { PROMPT_CANARY } from '../drivers/prompt.ts';
import type { Json } from '../json.ts';
import type { RecordedSpan } from '../runner/job.ts';
import type { CellResult, Setting } from '../runner/run-application.ts';
import type { ExpectedAttempt, ExpectedEnd, ExpectedOperation, Expectation } from './expectation.ts';
import type { Finding } from './finding.ts';

/** Milliseconds by which two clocks may differ: a span of the SDK's own is timed by its tracer. */
const CLOCKS_MS = 5;
const ROOT = 'handle request';
const ERROR_ATTRIBUTES = ['error.type', 'outspan.error.class', 'outspan.error.origin', 'outspan.error.retryable', 'outspan.error.phase'] as const;
const TOKENS = {
  input: 'gen_ai.usage.input_tokens',
  output: 'gen_ai.usage.output_tokens',
  cacheRead: 'gen_ai.usage.cache_read.input_tokens',
  reasoning: 'gen_ai.usage.reasoning.output_tokens',
} as const;

/** Compares the spans of a cell with what has to be true of them. */
export function judgeTelemetry(setting: Pick<Setting, 'rooted'>, expected: Expectation, { spans, apiKey }: Pick<CellResult, 'spans' | 'apiKey'>): readonly Finding[] {
  const findings: Finding[] = [];
  const expect: Expect = (path, wanted, got) => {
    if (JSON.stringify(wanted) !== JSON.stringify(got)) findings.push({ about: 'telemetry', path, expected: wanted, got });
  };
  const root = spans.find(({ name, parentSpanId }) => name === ROOT && parentSpanId === undefined);
  // Agents, tools and workflows around the call.
  const steps = spans.filter(({ attributes }) => STEPS.has(attributes['gen_ai.operation.name']));
  const ofSdk = spans.filter(({ name, attributes }) => expected.around?.test(name) === true && !('gen_ai.operation.name' in attributes));
  const operations = spans.filter((span) => 'gen_ai.operation.name' in span.attributes && !steps.includes(span));
  const attempts = spans.filter((span) => 'http.request.method' in span.attributes && !operations.includes(span) && !steps.includes(span) && !ofSdk.includes(span)).toSorted(byStart);
  const others = spans.filter((span) => span !== root && !steps.includes(span) && !ofSdk.includes(span) && !operations.includes(span) && !attempts.includes(span));

  expect('operations', expected.separately === true ? expected.attempts.length : expected.operations.length, operations.length);
  expect('attempts', expected.attempts.length, attempts.length);
  expect('other spans', [], others.map(({ name }) => name));
  const texts = JSON.stringify(spans);
  expect('key in a span', false, texts.includes(apiKey) || texts.includes(apiKey.slice(3)));
  expect('prompt in a span', expected.recordsContent === true && texts.includes(PROMPT_CANARY), texts.includes(PROMPT_CANARY));

  const [operation] = operations;
  const [wanted] = expected.operations;
  if (operation !== undefined && wanted !== undefined && operations.length === 1) {
    if (setting.rooted) expect('operation parent', 'the application’s span', callerOf(operation, [...steps, ...ofSdk]) === root?.spanId ? 'the application’s span' : (operation.parentSpanId ?? 'none'));
    // Where a tool took up what the call answered, the agent has gone on.
    if (wanted.end.outcome === 'failure' && !steps.some(({ name }) => name.startsWith('execute_tool'))) for (const { name, status } of steps.filter(({ spanId }) => spanId === operation.parentSpanId)) expect(`${name} status`, 'ERROR', status);
    judgeOperation(expect, wanted, operation);
    for (const [i, attempt] of attempts.entries()) {
      expect(`attempt ${i + 1} parent`, 'the operation', attempt.parentSpanId === operation.spanId ? 'the operation' : 'another');
    }
    const last = attempts.at(-1);
    if (last !== undefined) expect('operation covers its attempts', true, operation.end >= last.end - CLOCKS_MS && operation.start <= (attempts[0]?.start ?? 0) + CLOCKS_MS);
  }
  if (attempts.length === expected.attempts.length) {
    for (const [i, attempt] of attempts.entries()) {
      const of = expected.attempts[i];
      if (of !== undefined) judgeAttempt(expect, of, attempt, i, expected.separately === true ? 0 : of.resends);
    }
  }
  return findings;
}

const STEPS: ReadonlySet<Json | undefined> = new Set(['invoke_agent', 'invoke_workflow', 'execute_tool']);

/** The span that a call was made in, past the steps in between. */
function callerOf({ parentSpanId }: RecordedSpan, steps: readonly RecordedSpan[]): string | undefined {
  const step = steps.find(({ spanId }) => spanId === parentSpanId);
  return step === undefined ? parentSpanId : callerOf(step, steps);
}

type Expect = (path: string, wanted: Json, got: Json | undefined) => void;

function byStart(left: RecordedSpan, right: RecordedSpan): number {
  return left.start - right.start;
}

function judgeOperation(expect: Expect, wanted: ExpectedOperation, { kind, attributes, status }: RecordedSpan): void {
  const expectAttribute = (name: string, value: Json | undefined): void => expect(name, value ?? null, attributes[name] ?? null);
  // An SDK's own span has the kind that the SDK gave it.
  if (wanted.boundary !== 'native') expect('operation kind', 'CLIENT', kind);
  expectAttribute('outspan.operation.boundary', wanted.boundary);
  expectAttribute('outspan.retry.count', wanted.retryCount);
  const byChance = wanted.end.outcome === 'success' && wanted.end.orCancelled === true;
  if (!byChance) expectAttribute('outspan.operation.cancelled', wanted.end.outcome === 'cancelled' ? true : undefined);
  judgeEnd(expect, 'operation', wanted.end, wanted.truncation, status, attributes);
  if (wanted.responseId !== undefined) expectAttribute('gen_ai.response.id', wanted.responseId);
  if (wanted.responseModel !== undefined) expectAttribute('gen_ai.response.model', wanted.responseModel);
  if (wanted.tokens !== false) {
    for (const name of ['input', 'output', 'cacheRead', 'reasoning'] as const) expectAttribute(TOKENS[name], wanted.tokens[name]);
  }
  if (wanted.finishReasons !== false) expect('gen_ai.response.finish_reasons', wanted.finishReasons, attributes['gen_ai.response.finish_reasons'] ?? []);
  expectAttribute('outspan.response.tool_calls.invalid', wanted.invalidToolCalls > 0 ? wanted.invalidToolCalls : undefined);
}

function judgeAttempt(expect: Expect, wanted: ExpectedAttempt, { kind, attributes, status }: RecordedSpan, index: number, resends: number): void {
  const at = `attempt ${index + 1}`;
  expect(`${at} kind`, 'CLIENT', kind);
  expect(`${at} http.response.status_code`, wanted.status ?? null, attributes['http.response.status_code'] ?? null);
  expect(`${at} http.request.resend_count`, resends === 0 ? null : resends, attributes['http.request.resend_count'] ?? null);
  judgeEnd(expect, at, wanted.end, wanted.truncation, status, attributes);
}

function judgeEnd(expect: Expect, at: string, end: ExpectedEnd, truncation: readonly string[] | false, status: RecordedSpan['status'], attributes: RecordedSpan['attributes']): void {
  const sdkStatus = end.outcome === 'success' && end.sdkStatus === true;
  if (!sdkStatus) expect(`${at} status`, end.outcome === 'failure' ? 'ERROR' : 'UNSET', status);
  if (truncation !== false) {
    expect(`${at} outspan.response.truncation.kind`, truncation.length === 0 ? null : truncation.join(','), attributes['outspan.response.truncation.kind'] ?? null);
    expect(`${at} outspan.response.truncated`, truncation.length > 0, attributes['outspan.response.truncated'] === true);
  }
  if (end.outcome !== 'failure') {
    for (const name of sdkStatus ? ERROR_ATTRIBUTES.slice(1) : ERROR_ATTRIBUTES) expect(`${at} ${name}`, null, attributes[name] ?? null);
    return;
  }
  expectOneOf(expect, `${at} outspan.error.class`, end.class, attributes['outspan.error.class']);
  expectOneOf(expect, `${at} outspan.error.origin`, end.origin, attributes['outspan.error.origin']);
  if (end.retryable !== undefined) expect(`${at} outspan.error.retryable`, end.retryable, attributes['outspan.error.retryable'] ?? null);
  if (end.phase !== undefined) expect(`${at} outspan.error.phase`, end.phase, attributes['outspan.error.phase'] ?? null);
  expect(`${at} error.type is set`, true, typeof attributes['error.type'] === 'string');
}

function expectOneOf(expect: Expect, path: string, wanted: readonly string[], got: Json | undefined): void {
  const [first = null] = wanted;
  if (typeof got !== 'string' || !wanted.includes(got)) expect(path, wanted.length > 1 ? wanted : first, got ?? null);
}
