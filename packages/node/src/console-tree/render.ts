import { SpanStatusCode, type Attributes, type HrTime, type SpanStatus } from '@opentelemetry/api';
import { printable } from '@outspan/core';
import type { Palette } from './colours.ts';
import { bytes, count, seconds } from './quantities.ts';

/** What of a span the tree shows. Every SDK's readable span has it. */
export interface ShownSpan {
  readonly name: string;
  readonly attributes: Attributes;
  readonly status: SpanStatus;
  readonly duration: HrTime;
}

function text(attributes: Attributes, name: string): string | undefined {
  const value = attributes[name];
  if (typeof value === 'string') return value === '' ? undefined : printable(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function number(attributes: Attributes, name: string): number | undefined {
  const value = attributes[name];
  return typeof value === 'number' ? value : undefined;
}

function list(attributes: Attributes, name: string): string | undefined {
  const value = attributes[name];
  if (!Array.isArray(value)) return undefined;
  const items = value.filter((item) => typeof item === 'string');
  return items.length === 0 ? undefined : items.map(printable).join(', ');
}

function elapsed(duration: HrTime): string {
  return seconds(duration[0] + duration[1] / 1e9);
}

function joined(parts: readonly (string | undefined | false)[], separator = ' · '): string {
  return parts.filter((part) => typeof part === 'string' && part !== '').join(separator);
}

/** What an agent's, a tool's or a workflow's span is about; that of a call is about its model. */
const SUBJECTS: Readonly<Record<string, string>> = { invoke_agent: 'gen_ai.agent.name', execute_tool: 'gen_ai.tool.name', invoke_workflow: 'gen_ai.workflow.name' };

/** The SDK's own span of an Anthropic call is named by its method; its attributes say what it was. */
function title(span: ShownSpan): string {
  const { attributes } = span;
  const operation = text(attributes, 'gen_ai.operation.name');
  if (operation === undefined) return printable(span.name);
  const subject = SUBJECTS[operation];
  const about = subject === undefined ? (text(attributes, 'gen_ai.request.model') ?? text(attributes, 'gen_ai.response.model')) : text(attributes, subject);
  return joined([operation, about], ' ');
}

function failure(span: ShownSpan, palette: Palette): string {
  const { attributes } = span;
  const words = text(attributes, 'outspan.error.class') ?? text(attributes, 'error.type') ?? 'error';
  const retryable = attributes['outspan.error.retryable'];
  const about = joined([text(attributes, 'outspan.error.origin'), typeof retryable === 'boolean' && (retryable ? 'retryable' : 'not retryable')], ', ');
  return palette.bad(joined([`FAILED ${words}`, about !== '' && `(${about})`], ' '));
}

function headline(span: ShownSpan, palette: Palette): string {
  const { attributes } = span;
  const failed = span.status.code === SpanStatusCode.ERROR;
  const cancelled = attributes['outspan.operation.cancelled'] === true;
  const interrupted = attributes['outspan.operation.interrupted'] === true;
  const truncation = text(attributes, 'outspan.response.truncation.kind');
  const mark = failed ? palette.bad('✗') : cancelled ? palette.notable('◌') : palette.good('✓');
  return `${mark} ${joined([
    palette.strong(title(span)),
    text(attributes, 'gen_ai.provider.name'),
    elapsed(span.duration),
    failed && failure(span, palette),
    interrupted ? palette.notable('cut off by the end of the process') : cancelled && palette.notable('cancelled by the caller'),
    truncation !== undefined && (failed ? truncation : palette.notable(`truncated: ${truncation}`)),
  ])}`;
}

function tokens(attributes: Attributes): string | undefined {
  const input = number(attributes, 'gen_ai.usage.input_tokens');
  const output = number(attributes, 'gen_ai.usage.output_tokens');
  const counts = joined([input !== undefined && `${input} in`, output !== undefined && `${output} out`], ' / ');
  return counts === '' ? undefined : `tokens ${counts}`;
}

function retries(attributes: Attributes): string | undefined {
  const retried = number(attributes, 'outspan.retry.count') ?? 0;
  if (retried === 0) return undefined;
  const waited = number(attributes, 'outspan.retry.delay');
  return joined([count(retried, 'retry', 'retries'), waited !== undefined && `${seconds(waited)} waiting`], ', ');
}

function details(span: ShownSpan): string {
  const { attributes } = span;
  // Anthropic's own span has its stop reason and request id under its own names.
  const finish = list(attributes, 'gen_ai.response.finish_reasons') ?? text(attributes, 'anthropic.message.stop_reason');
  const request = text(attributes, 'outspan.provider.request_id') ?? text(attributes, 'anthropic.request.id');
  const boundary = text(attributes, 'outspan.operation.boundary');
  const invalid = number(attributes, 'outspan.response.tool_calls.invalid') ?? 0;
  return joined([
    tokens(attributes),
    finish !== undefined && `finish ${finish}`,
    invalid > 0 && count(invalid, 'invalid tool call', 'invalid tool calls'),
    retries(attributes),
    boundary !== undefined && `boundary ${boundary}`,
    request !== undefined && `request id ${request}`,
  ]);
}

function attemptLine(span: ShownSpan, position: number, palette: Palette): string {
  const { attributes } = span;
  const status = text(attributes, 'http.response.status_code');
  const kind = text(attributes, 'outspan.response.truncation.kind');
  const origin = text(attributes, 'outspan.error.origin');
  const failed = span.status.code === SpanStatusCode.ERROR;
  const word = text(attributes, 'outspan.error.class') ?? text(attributes, 'error.type');
  const received = number(attributes, 'outspan.response.bytes_received');
  const expected = number(attributes, 'outspan.response.bytes_expected');
  const outcome = kind !== undefined ? `truncated: ${kind}` : failed ? joined([word === status ? undefined : word, origin !== undefined && `(${origin})`], ' ') : undefined;
  const what = joined([status ?? (failed ? undefined : 'no response'), outcome], ' ');
  return joined(
    [
      String(number(attributes, 'outspan.attempt.number') ?? position),
      failed ? palette.bad(what) : what,
      elapsed(span.duration),
      // A body that its client did not read is no news, unless it should have.
      received !== undefined && (received > 0 || kind !== undefined) && palette.faint(expected !== undefined && expected !== received ? `${bytes(received)} of ${bytes(expected)}` : bytes(received)),
    ],
    '  ',
  );
}

function byNumber(left: ShownSpan, right: ShownSpan): number {
  return (number(left.attributes, 'outspan.attempt.number') ?? 0) - (number(right.attributes, 'outspan.attempt.number') ?? 0);
}

/**
 * One operation as a tree: a line that says how it ended, a line of details, a line per attempt.
 *
 * @param left attempts that are not shown, since there were too many
 */
export function renderOperation(operation: ShownSpan, attempts: readonly ShownSpan[], palette: Palette, left = 0): string {
  const branches = [...attempts].sort(byNumber).map((attempt, index) => attemptLine(attempt, index + 1, palette));
  if (left > 0) branches.push(palette.faint(`${left} more`));
  const more = details(operation);
  return [
    headline(operation, palette),
    ...(more === '' ? [] : [`${palette.faint(branches.length > 0 ? '│' : ' ')} ${more}`]),
    ...branches.map((branch, index) => `${palette.faint(index === branches.length - 1 ? '└─' : '├─')} ${branch}`),
  ].join('\n');
}
