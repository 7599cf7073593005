import { diag, DiagLogLevel } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { settle } from './config.ts';

const variable = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT';

describe('the settings', () => {
  it.each([
    [undefined, 'none'],
    ['', 'none'],
    ['false', 'none'],
    ['NO_CONTENT', 'none'],
    ['true', 'span'],
    ['SPAN_ONLY', 'span'],
    ['event_only', 'event'],
    ['SPAN_AND_EVENT', 'span_and_event'],
    ['perhaps', 'none'],
  ])('capture content for the variable at %s as %s', (value, capture) => {
    expect(settle({}, { [variable]: value }).captureContent).toBe(capture);
  });

  it('go by the option before the variable', () => {
    expect(settle({ captureContent: 'none' }, { [variable]: 'true' }).captureContent).toBe('none');
  });

  it('keep the defaults of limits that make no sense, and say so once', () => {
    const lines: unknown[] = [];
    const log = (...parts: unknown[]): void => {
      lines.push(parts.join(' '));
    };
    diag.setLogger({ error: log, warn: log, info: log, debug: log, verbose: log }, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
    const config = { limits: { retryWindow: Number.NaN, openOperations: -1, contentBytes: 10 } };
    expect(settle(config, {}).limits).toMatchObject({ retryWindow: 20_000, openOperations: 20_000, contentBytes: 10 });
    settle(config, {});
    diag.disable();
    expect(lines.filter((line) => String(line).includes('The limit retryWindow'))).toHaveLength(1);
  });

  it.each([
    [undefined, undefined, 'syntax', 0],
    ['schema', undefined, 'schema', 65_536],
    [' SCHEMA ', 'syntax', 'syntax', 0],
    ['perhaps', undefined, 'syntax', 0],
    [undefined, 'schema', 'schema', 65_536],
  ] as const)('check answers for the variable at %s and the option at %s up to %s', (value, validateOutput, is, answerBytes) => {
    expect(settle({ ...(validateOutput && { validateOutput }) }, { OUTSPAN_VALIDATE_OUTPUT: value })).toMatchObject({ validateOutput: is, answerBytes });
  });

  it('keep as much of an answer as content and schemas need', () => {
    expect(settle({ captureContent: 'span', limits: { contentBytes: 10 } }, {}).answerBytes).toBe(10);
    expect(settle({ captureContent: 'span', validateOutput: 'schema', limits: { contentBytes: 10 } }, {}).answerBytes).toBe(65_536);
    expect(settle({ captureContent: 'span', validateOutput: 'schema', limits: { contentBytes: 100_000 } }, {}).answerBytes).toBe(100_000);
  });

  it('pass over a provider row that makes no sense', () => {
    expect(settle({ providers: [{ name: 'acme' }, { name: 'acme', hosts: ['llm.acme.example'] }] }, {}).providers).toHaveLength(1);
  });
});

describe('the generation of names', () => {
  const names = 'OTEL_SEMCONV_STABILITY_OPT_IN';

  it.each([
    [undefined, false],
    ['http/dup, database', false],
    ['gen_ai_latest_experimental', true],
    [' http , GEN_AI_LATEST_EXPERIMENTAL', true],
  ])('is the newest only where it is asked for: %s', (value, latestNames) => {
    expect(settle({}, { [names]: value }).latestNames).toBe(latestNames);
  });

  it('is what the code says, whatever the environment does', () => {
    expect(settle({ latestNames: false }, { [names]: 'gen_ai_latest_experimental' }).latestNames).toBe(false);
  });

  it('says once which entry for GenAI it does not know, and nothing of other domains', () => {
    const lines: string[] = [];
    const log = (...parts: unknown[]): void => {
      lines.push(parts.join(' '));
    };
    diag.setLogger({ error: log, warn: log, info: log, debug: log, verbose: log }, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
    settle({}, { [names]: 'http/dup,database' });
    expect(lines).toEqual([]);
    for (const _ of [1, 2]) expect(settle({}, { [names]: 'http,gen_ai_newest' }).latestNames).toBe(false);
    diag.disable();
    expect(lines).toEqual([expect.stringContaining('OTEL_SEMCONV_STABILITY_OPT_IN has an entry for GenAI that is not known. Known: gen_ai_latest_experimental.')]);
  });
});
