import { beforeAll, describe, expect, it } from 'vitest';
import { readBody } from '../body/reader.ts';
import type { JsonObject } from '../body/json-access.ts';
import { anthropicMessages } from '../dialects/anthropic-messages.ts';
import { bedrockConverse } from '../dialects/bedrock-converse.ts';
import type { AnswerFacts, Dialect } from '../dialects/dialect.ts';
import { geminiGenerateContent } from '../dialects/gemini-generate-content.ts';
import { ollamaChat } from '../dialects/ollama.ts';
import { openaiChat } from '../dialects/openai-chat.ts';
import { openaiResponses } from '../dialects/openai-responses.ts';
import { type Case, CASES, requestOf, STREAMED } from '../dialects/structured-output.fixture.ts';
import { encodeUtf8 } from '../platform/bytes.ts';
import { judgeAttempt } from './judge-attempt.ts';
import { checkAnswer, loadValidator, schemasOf } from './schema-check.ts';
import type { Verdict } from './verdict.ts';

const OPTIONS = { contentBytes: 65_536 };

beforeAll(loadValidator);

function checkedStream(one: Case, text: string): AnswerFacts | undefined {
  const reader = readBody({ status: 200, contentType: one.lines === true ? 'application/x-ndjson' : 'text/event-stream' }, one.dialect, requestOf(one, true), OPTIONS);
  reader.push(encodeUtf8(one.stream?.([text.slice(0, 4), text.slice(4)], 'whole') ?? ''));
  const { answer } = reader.finish({ cleanly: true });
  return answer && checked(one.dialect, one.asks, answer);
}

function checked(dialect: Dialect, request: unknown, answer: AnswerFacts): AnswerFacts {
  return checkAnswer(answer, schemasOf(dialect.readContent(request)));
}

function verdictOf(answer: AnswerFacts): Verdict {
  return judgeAttempt({ request: { operation: 'chat', stream: false, parameters: {} }, head: { status: 200 }, body: { form: 'json', bytes: 1, answer }, ending: { by: 'completion' } });
}

/** One chat answer whose output was asked for in this schema. */
function checkedChat(schema: JsonObject, value: unknown): AnswerFacts {
  const request = { response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } };
  return checked(openaiChat, request, openaiChat.readAnswer({ choices: [{ index: 0, message: { content: JSON.stringify(value) }, finish_reason: 'stop' }] }, { ...OPTIONS, promised: 'json' }));
}

describe.each(CASES.filter(([, { asks, dialect }]) => dialect.readContent(asks).outputSchema !== undefined))('the schema of structured output: %s', (_name, one) => {
  it('is violated by a value of another type', () => {
    const answer = checked(one.dialect, one.asks, one.dialect.readAnswer(one.document('{"city":3}', 'whole'), { ...OPTIONS, promised: 'json' }));
    expect(answer.violations).toEqual(['output#/properties/city/type']);
    expect(verdictOf(answer)).toMatchObject({ outcome: 'failure', error: { class: 'invalid_output', origin: 'provider' } });
  });

  it('is kept by a value of its type, and not asked of half an answer', () => {
    const kept = one.dialect.readAnswer(one.document('{"city":"Paris"}', 'whole'), OPTIONS);
    expect(checked(one.dialect, one.asks, kept)).toBe(kept);
    const half = one.dialect.readAnswer(one.document('{"city":3}', 'cut'), OPTIONS);
    expect(checked(one.dialect, one.asks, half)).toBe(half);
  });
});

it('finds a schema in every way of asking but the modes without one', () => {
  expect(CASES.filter(([, { asks, dialect }]) => dialect.readContent(asks).outputSchema === undefined).map(([name]) => name)).toEqual(['chat, json_object', 'ollama generate']);
});

describe.each(STREAMED.filter(([, { asks, dialect }]) => dialect.readContent(asks).outputSchema !== undefined))('the schema of structured output in a stream: %s', (_name, one) => {
  it('is checked at its end', () => {
    expect(checkedStream(one, '{"city":3}')?.violations).toEqual(['output#/properties/city/type']);
    expect(checkedStream(one, '{"city":"Paris"}')?.violations).toBeUndefined();
  });
});

const PARAMETERS = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer', maximum: 7 } }, required: ['city'] };

/** How a dialect offers the tool `weather` and calls it. */
const TOOLS: readonly (readonly [name: string, dialect: Dialect, request: unknown, answer: (input: unknown) => unknown])[] = [
  ['chat', openaiChat, { tools: [{ type: 'function', function: { name: 'weather', parameters: PARAMETERS } }] }, (input) => ({ choices: [{ index: 0, message: { tool_calls: [{ id: 'c', type: 'function', function: { name: 'weather', arguments: JSON.stringify(input) } }] }, finish_reason: 'tool_calls' }] })],
  ['responses', openaiResponses, { tools: [{ type: 'function', name: 'weather', parameters: PARAMETERS }] }, (input) => ({ object: 'response', id: 'r', status: 'completed', output: [{ type: 'function_call', call_id: 'c', name: 'weather', arguments: JSON.stringify(input) }] })],
  ['anthropic', anthropicMessages, { tools: [{ name: 'weather', input_schema: PARAMETERS }] }, (input) => ({ type: 'message', content: [{ type: 'text', text: 'I look.' }, { type: 'tool_use', id: 'c', name: 'weather', input }], stop_reason: 'tool_use' })],
  ['gemini', geminiGenerateContent, { tools: [{ functionDeclarations: [{ name: 'weather', parameters: { ...PARAMETERS, type: 'OBJECT' } }] }] }, (args) => ({ candidates: [{ content: { parts: [{ functionCall: { name: 'weather', args } }] }, finishReason: 'STOP' }] })],
  ['converse', bedrockConverse, { toolConfig: { tools: [{ toolSpec: { name: 'weather', inputSchema: { json: PARAMETERS } } }] } }, (input) => ({ output: { message: { content: [{ toolUse: { toolUseId: 'c', name: 'weather', input } }] } }, stopReason: 'tool_use' })],
  ['ollama', ollamaChat, { tools: [{ type: 'function', function: { name: 'weather', parameters: PARAMETERS } }] }, (input) => ({ message: { role: 'assistant', content: '', tool_calls: [{ function: { name: 'weather', arguments: input } }] }, done: true, done_reason: 'stop' })],
];

describe.each(TOOLS)("a tool's schema: %s", (_name, dialect, request, answer) => {
  it('is violated by what is missing or too large', () => {
    const facts = checked(dialect, request, dialect.readAnswer(answer({ days: 8 }), OPTIONS));
    expect(facts.violations).toEqual(['weather#/required/city', 'weather#/properties/days/maximum']);
    expect(verdictOf(facts)).toMatchObject({ outcome: 'failure', error: { class: 'invalid_tool_call' }, invalidToolCalls: 1 });
  });

  it('is kept', () => {
    const facts = dialect.readAnswer(answer({ city: 'Paris', days: 2 }), OPTIONS);
    expect(facts.toolCalls).toHaveLength(1);
    expect(checked(dialect, request, facts)).toBe(facts);
  });
});

describe('a schema', () => {
  it.each<readonly [name: string, schema: JsonObject, kept: unknown, broken: unknown, place: string]>([
    ['with a reference', { $ref: '#/$defs/a', $defs: { a: { type: 'integer' } } }, 1, 'x', '#/$ref/type'],
    ['that refers to itself', { type: 'object', properties: { next: { $ref: '#' } }, additionalProperties: false }, { next: { next: {} } }, { next: { next: { secret: 1 } } }, '#/properties/next/$ref/properties/next/$ref/additionalProperties'],
    ['with members that are called as keywords are', { type: 'object', properties: { id: { type: 'string' }, $ref: { type: 'integer' }, pattern: { type: 'integer' } } }, { id: 'x', pattern: 1 }, { pattern: 'x' }, '#/properties/pattern/type'],
    ['with a choice', { anyOf: [{ type: 'string' }, { type: 'null' }] }, null, 3, '#/anyOf/0/type'],
    ['with a list of values', { enum: ['a', 'b'] }, 'a', 'c', '#/enum'],
    ['with OpenAPI\'s null', { type: 'STRING', enum: ['a'], nullable: true }, null, 'b', '#/enum'],
    ['with a tuple of the older drafts', { items: [{ type: 'string' }, { type: 'integer' }], additionalItems: false }, ['a', 1], ['a', 'b'], '#/prefixItems/1/type'],
    ['with a bound of draft 4', { type: 'number', minimum: 1, exclusiveMinimum: true }, 2, 0, '#/minimum'],
    ['of a list', { type: 'array', items: { type: 'object', required: ['a'] }, minItems: 1 }, [{ a: 1 }], [{}], '#/items/required/a'],
  ])('%s', (_name, schema, kept, broken, place) => {
    expect(checkedChat(schema, kept).violations).toBeUndefined();
    expect(checkedChat(schema, broken).violations).toContain(`output${place}`);
  });

  it('tells neither values nor names of the answer', () => {
    const { violations } = checkedChat({ type: 'object', properties: { a: { type: 'integer' } }, additionalProperties: false }, { a: 'secret', secret: { secret: 1 } });
    expect(violations).toEqual(['output#/properties/a/type', 'output#/additionalProperties']);
  });

  it('tells of ten violations at most', () => {
    const names = Array.from({ length: 50 }, (_, at) => `m${at}`);
    expect(checkedChat({ type: 'object', required: names }, {}).violations).toHaveLength(10);
  });

  it.each<readonly [name: string, schema: JsonObject, value: unknown]>([
    ['with a pattern that never ends', { type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(60)}!`],
    ['whose names have such a pattern', { type: 'object', patternProperties: { '^(a+)+$': { type: 'string' } }, additionalProperties: false }, { [`${'a'.repeat(60)}!`]: 1 }],
    ['that is tried again and again', { $ref: '#/$defs/a', $defs: { a: { anyOf: [{ type: 'array', items: { $ref: '#/$defs/a' }, minItems: 2 }, { type: 'array', items: { $ref: '#/$defs/a' }, minItems: 3 }, { type: 'string' }] } } }, nested(40)],
    ['that compares all with all', { type: 'array', uniqueItems: true }, Array.from({ length: 10_000 }, (_, at) => at)],
    ['with many values', { type: 'array', items: { enum: Array.from({ length: 20_000 }, (_, at) => at) } }, Array.from({ length: 10_000 }, () => -1)],
    ['that refers to itself alone', { $ref: '#' }, 1],
    ['that refers elsewhere', { $ref: 'https://example.com/schema' }, 1],
    ['that is none', { type: 3, properties: [], items: 'x', anyOf: {}, required: 'a', enum: {}, $ref: 4 }, { a: 1 }],
    ['deeper than anyone writes', nestedSchema(5_000), { a: 1 }],
  ])('%s finds nothing, and harms nobody', (_name, schema, value) => {
    expect(checkedChat(schema, value).violations).toBeUndefined();
  });

  it('is not asked of an answer that is nested deeper than the stack', () => {
    const request = { response_format: { type: 'json_schema', json_schema: { schema: { $ref: '#/$defs/a', $defs: { a: { type: 'array', items: { $ref: '#/$defs/a' } } } } } } };
    const facts = openaiChat.readAnswer({ choices: [{ index: 0, message: { content: '['.repeat(20_000) + ']'.repeat(20_000) }, finish_reason: 'stop' }] }, OPTIONS);
    expect(checked(openaiChat, request, facts).violations).toBeUndefined();
  });
});

it('is not asked of an answer that was too long to be kept', () => {
  const request = { response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } }, tools: [{ type: 'function', function: { name: 'f', parameters: { required: ['x'] } } }] };
  const long = openaiChat.readAnswer({ choices: [{ index: 0, message: { content: JSON.stringify(['x'.repeat(200)]), tool_calls: [{ id: 'c', function: { name: 'f', arguments: JSON.stringify({ a: 'x'.repeat(200) }) } }] }, finish_reason: 'stop' }] }, { contentBytes: 100 });
  expect(checked(openaiChat, request, long)).toBe(long);
});

function nested(depth: number): unknown {
  let value: unknown = ['x', 1];
  for (let at = 0; at < depth; at++) value = [value, 1, 1];
  return value;
}

function nestedSchema(depth: number): JsonObject {
  let schema: JsonObject = { type: 'string' };
  for (let at = 0; at < depth; at++) schema = { properties: { a: schema } };
  return schema;
}
