import { describe, expect, it } from 'vitest';
import { readBody } from '../body/reader.ts';
import { encodeUtf8 } from '../platform/bytes.ts';
import type { Ending, HeadFacts } from '../verdict/evidence.ts';
import { judgeAttempt } from '../verdict/judge-attempt.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import type { Dialect, RequestFacts } from './dialect.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import { OutputText, promiseOf } from './output-text.ts';
import { anthropic, type Case, CASES, chat, converse, requestOf, responses, STREAMED } from './structured-output.fixture.ts';

const COMPLETION: Ending = { by: 'completion' };

function verdictOf(dialect: Dialect, request: RequestFacts, contentType: string, body: string): Verdict {
  const head: HeadFacts = { status: 200, contentType, providerSigned: true };
  const reader = readBody(head, dialect, request, { contentBytes: 0 });
  const bytes = encodeUtf8(body);
  for (let at = 0; at < bytes.length; at += 1_000) reader.push(bytes.subarray(at, at + 1_000));
  return judgeAttempt({ request, head, body: reader.finish({ cleanly: true }), ending: COMPLETION });
}

function judgeDocument(one: Case, text: string, finish: 'whole' | 'cut' = 'whole'): Verdict {
  return verdictOf(one.dialect, requestOf(one, false), 'application/json', JSON.stringify(one.document(text, finish)));
}

function judgeStream(one: Case, pieces: readonly string[], finish: 'whole' | 'cut' = 'whole'): Verdict {
  return verdictOf(one.dialect, requestOf(one, true), one.lines === true ? 'application/x-ndjson' : 'text/event-stream', one.stream?.(pieces, finish) ?? '');
}

function inPieces(text: string): readonly string[] {
  return Array.from({ length: Math.ceil(text.length / 3) }, (_, at) => text.slice(at * 3, at * 3 + 3));
}

const INVALID = { outcome: 'failure', error: { class: 'invalid_output', origin: 'provider', type: 'invalid_output', retryable: true }, invalidToolCalls: 0 };
const SUCCESS = { outcome: 'success', invalidToolCalls: 0 };
const BROKEN = ['Here you are: {"city":"Paris"}', '```json\n{"city":"Paris"}\n```', '{"city":"Par', '{"city":"Paris"} Anything else?', '', '  \n', "{'city':'Paris'}"];
/** So long that a stream's middle is not kept. */
const LONG = JSON.stringify({ list: Array.from({ length: 4_000 }, (_, at) => at) });

describe.each(CASES)('structured output: %s', (_name, one) => {
  it('is promised by the request', () => {
    expect(requestOf(one, false).promised).toMatch(/^json/);
    expect(requestOf(one, false).parameters['gen_ai.output.type'] ?? 'json').toBe('json');
  });

  it.each(BROKEN)('is invalid in a document: %j', (text) => {
    expect(judgeDocument(one, text)).toEqual(INVALID);
  });

  it('is valid with white space around it', () => {
    expect(judgeDocument(one, ' \n{"city":"Paris"}\n ')).toEqual(SUCCESS);
  });

  it('is not judged at the token limit, nor without a promise', () => {
    expect(judgeDocument(one, '{"city":"Par', 'cut')).toMatchObject({ outcome: 'success', truncation: ['token_limit'] });
    const { promised: _, ...unpromised } = requestOf(one, false);
    expect(verdictOf(one.dialect, unpromised, 'application/json', JSON.stringify(one.document('Hello', 'whole')))).toEqual(SUCCESS);
  });
});

describe.each(STREAMED)('structured output in a stream: %s', (_name, one) => {
  it.each(BROKEN)('is invalid: %j', (text) => {
    expect(judgeStream(one, inPieces(text))).toEqual(INVALID);
  });

  it('is read to its end, however long', () => {
    expect(judgeStream(one, inPieces(LONG))).toEqual(SUCCESS);
    const middle = Math.floor(LONG.length / 2);
    expect(judgeStream(one, inPieces(`${LONG.slice(0, middle)},,${LONG.slice(middle)}`))).toEqual(INVALID);
  });

  it('is not judged at the token limit', () => {
    expect(judgeStream(one, inPieces('{"city":"Par'), 'cut')).toMatchObject({ outcome: 'success', truncation: ['token_limit'] });
  });
});

describe('structured output', () => {
  const object = chat({ response_format: { type: 'json_object' } });
  const judgeChat = (choices: readonly unknown[]): Verdict => verdictOf(openaiChat, requestOf(object, false), 'application/json', JSON.stringify({ id: 'c', model: 'm', choices }));

  it('of mode json_object is an object, and of a schema any JSON', () => {
    expect(judgeDocument(object, '[1]')).toEqual(INVALID);
    expect(judgeDocument(chat({ response_format: { type: 'json_schema' } }), '[1]')).toEqual(SUCCESS);
  });

  it('is not judged where the model refuses or calls a tool', () => {
    expect(judgeChat([{ index: 0, message: { content: null, refusal: 'No.' }, finish_reason: 'stop' }])).toEqual(SUCCESS);
    expect(judgeChat([{ index: 0, message: { content: '', tool_calls: [{ id: 't', function: { name: 'f', arguments: '{}' } }] }, finish_reason: 'tool_calls' }])).toEqual(SUCCESS);
    expect(judgeChat([{ index: 0, message: { content: 'I c' }, finish_reason: 'content_filter' }])).toEqual(SUCCESS);
  });

  it('is judged choice by choice', () => {
    const whole = { index: 0, message: { content: '{}' }, finish_reason: 'stop' };
    expect(judgeChat([whole, { index: 1, message: { content: 'Hello' }, finish_reason: 'stop' }])).toEqual(INVALID);
    expect(judgeChat([whole, { index: 1, message: { content: '{"a' }, finish_reason: 'length' }])).toMatchObject({ outcome: 'success', truncation: ['token_limit'] });
    expect(judgeChat([{ ...whole, message: { content: 'Hello' } }, { index: 1, message: { content: '{"a' }, finish_reason: 'length' }])).toEqual(INVALID);
  });

  it('is read from typed pieces, and not from reasoning', () => {
    expect(judgeChat([{ index: 0, message: { content: [{ type: 'thinking', thinking: [] }, { type: 'text', text: '{}' }] }, finish_reason: 'stop' }])).toEqual(SUCCESS);
    expect(judgeChat([{ index: 0, message: { content: '{}', reasoning_content: 'Hm' }, finish_reason: 'stop' }])).toEqual(SUCCESS);
    expect(judgeChat([{ index: 0, message: { content: null, reasoning_content: '{}' }, finish_reason: 'stop' }])).toEqual(INVALID);
  });

  it('may stand beside other texts, and comes after the model’s last action', () => {
    const judgeOutput = (output: readonly unknown[]): Verdict =>
      verdictOf(openaiResponses, requestOf(responses, false), 'application/json', JSON.stringify({ id: 'r', object: 'response', model: 'm', status: 'completed', output }));
    const message = (text: string): unknown => ({ type: 'message', content: [{ type: 'output_text', text }] });
    expect(judgeOutput([message('I will look it up.'), { type: 'web_search_call' }, message('{}')])).toEqual(SUCCESS);
    expect(judgeOutput([{ type: 'web_search_call' }, message('Paris')])).toEqual(INVALID);
    expect(judgeOutput([message('I will click.'), { type: 'computer_call', call_id: 'c' }])).toEqual(SUCCESS);
    expect(judgeOutput([{ type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }])).toEqual(SUCCESS);
  });

  it('of an Anthropic message may stand in one of its blocks', () => {
    const one = anthropic({ output_config: { format: { type: 'json_schema' } } });
    const judgeContent = (content: readonly unknown[], stopReason = 'end_turn'): Verdict =>
      verdictOf(anthropicMessages, requestOf(one, false), 'application/json', JSON.stringify({ id: 'm', type: 'message', model: 'c', content, stop_reason: stopReason, usage: {} }));
    expect(judgeContent([{ type: 'thinking', thinking: 'Hm' }, { type: 'text', text: 'I look.' }, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }, { type: 'text', text: '{}' }])).toEqual(SUCCESS);
    expect(judgeContent([{ type: 'text', text: 'No.' }], 'refusal')).toEqual(SUCCESS);
    expect(judgeContent([{ type: 'text', text: 'I look.' }], 'pause_turn')).toEqual(SUCCESS);
  });

  it('of a converse stream is followed from its parsed events', () => {
    const judgeEvents = (text: string): boolean => {
      const reader = bedrockConverse.readEvents(requestOf(converse, true), { contentBytes: 0, promised: 'json' });
      for (const event of [{ messageStart: { role: 'assistant' } }, ...inPieces(text).map((piece) => ({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: piece } } })), { messageStop: { stopReason: 'end_turn' } }, { metadata: {} }]) reader.pushParsed(event);
      return reader.facts().brokenPromise === true;
    };
    expect([judgeEvents('{"city":"Paris"}'), judgeEvents('Paris')]).toEqual([false, true]);
  });

  it('is not judged past the cap, where strings are not kept', () => {
    const request = requestOf(object, false);
    const reader = readBody({ status: 200, contentType: 'application/json' }, openaiChat, request, { contentBytes: 0, caps: { responseBytes: 500 } });
    reader.push(encodeUtf8(JSON.stringify(object.document(LONG, 'whole'))));
    const facts = reader.finish({ cleanly: true });
    expect([facts.defect, facts.answer?.brokenPromise]).toEqual(['oversized', undefined]);
  });

  it('costs nothing where it was not asked for', () => {
    expect(OutputText.for(promiseOf('text'))).toBeUndefined();
    expect(promiseOf('toString')).toBeUndefined();
  });
});
