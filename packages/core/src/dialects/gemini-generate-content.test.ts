import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../platform/bytes.ts';
import type { AnswerFacts } from './dialect.ts';
import { geminiGenerateContent } from './gemini-generate-content.ts';

const BASE = 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash';
const answer = (body: unknown, contentBytes = 0): AnswerFacts => geminiGenerateContent.readAnswer(body, { contentBytes });
const chunk = (parts: readonly object[], more: object = {}, usageMetadata: object = { promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 7 }): object => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
  usageMetadata,
  modelVersion: 'gemini-2.5-flash',
  responseId: 'r1',
});
const finished = (finishReason: string): object => chunk([{ text: 'x' }], { finishReason });

function stream(chunks: readonly object[], choices = 1, contentBytes = 0): AnswerFacts {
  const reader = geminiGenerateContent.readEvents({ operation: 'generate_content', stream: true, parameters: {}, offersTools: true, ...(choices !== 1 && { choices }) }, { contentBytes });
  for (const one of chunks) expect(reader.push({ data: JSON.stringify(one) })).toBe(true);
  return reader.facts();
}

describe('gemini.generate_content requests', () => {
  const CONFIG = { maxOutputTokens: 9, temperature: 0.1, topP: 0.5, topK: 3, frequencyPenalty: 0.5, presencePenalty: 1, stopSequences: ['x'], seed: 4, candidateCount: 2, responseMimeType: 'application/json', thinkingConfig: { thinkingLevel: 'low' } };
  const PARAMETERS = {
    'gen_ai.request.max_tokens': 9,
    'gen_ai.request.temperature': 0.1,
    'gen_ai.request.top_p': 0.5,
    'gen_ai.request.top_k': 3,
    'gen_ai.request.frequency_penalty': 0.5,
    'gen_ai.request.presence_penalty': 1,
    'gen_ai.request.stop_sequences': ['x'],
    'gen_ai.request.seed': 4,
    'gen_ai.request.choice.count': 2,
    'gen_ai.request.reasoning.level': 'low',
    'gen_ai.output.type': 'json',
  };
  const read = (verb: string, body?: unknown): ReturnType<typeof geminiGenerateContent.readRequest> =>
    geminiGenerateContent.readRequest(new URL(`${BASE}:${verb}`), body === undefined ? undefined : encodeUtf8(JSON.stringify(body)));

  it('are read by their conventional names, from either spelling, and from the SDK\'s parameters', () => {
    const facts = { operation: 'generate_content', model: 'gemini-2.5-flash', stream: false, choices: 2, offersTools: false, promised: 'json', parameters: PARAMETERS };
    expect(read('generateContent', { contents: [], generationConfig: CONFIG })).toEqual(facts);
    expect(read('generateContent', { contents: [], generation_config: { ...CONFIG, maxOutputTokens: undefined, max_output_tokens: 9 } })).toEqual(facts);
    expect(geminiGenerateContent.readRequestParameters({ model: 'models/gemini-2.5-flash', contents: 'hi', config: CONFIG })).toEqual(facts);
  });

  it('keep their small settings beside a large schema', () => {
    const generationConfig = { ...CONFIG, responseJsonSchema: { description: 'x'.repeat(5_000) } };
    expect(read('generateContent', { generationConfig }).parameters).toEqual(PARAMETERS);
  });

  it('have model, streaming and operation in their path', () => {
    expect(read('streamGenerateContent?alt=sse')).toEqual({ operation: 'generate_content', model: 'gemini-2.5-flash', stream: true, parameters: {} });
    expect(read('generateContent', { tools: [{ functionDeclarations: [{ name: 'f' }] }] }).offersTools).toBe(true);
  });
});

describe('gemini.generate_content answers', () => {
  it('count thoughts as output, and built-in tools\' results as input', () => {
    const usageMetadata = {
      promptTokenCount: 100,
      toolUsePromptTokenCount: 20,
      cachedContentTokenCount: 60,
      candidatesTokenCount: 7,
      thoughtsTokenCount: 30,
      totalTokenCount: 157,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 40 }, { modality: 'IMAGE', tokenCount: 60 }, { modality: 'VIDEO', tokenCount: 1 }, { modality: '__proto__', tokenCount: 1 }],
      candidatesTokensDetails: [{ modality: 'TEXT', tokenCount: 7 }],
    };
    expect(answer(chunk([], { finishReason: 'STOP' }, usageMetadata)).usage).toEqual({ input: 120, output: 37, cacheRead: 60, reasoning: 30, inputByModality: { text: 40, image: 60 }, outputByModality: { text: 7 } });
  });

  it.each([
    ['STOP', false, false],
    ['MAX_TOKENS', true, false],
    ['CONTINUATION', true, false],
    ['SAFETY', false, true],
    ['RECITATION', false, true],
    ['PROHIBITED_CONTENT', false, true],
  ])('that finished by %s say so', (finishReason, tokenLimited, filtered) => {
    expect(answer(finished(finishReason))).toMatchObject({ id: 'r1', model: 'gemini-2.5-flash', finishReasons: [finishReason], tokenLimited, filtered, terminal: true, recognised: true });
  });

  it('to a blocked prompt are whole and filtered', () => {
    expect(answer({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 4 } })).toMatchObject({ filtered: true, terminal: true, recognised: true, choices: 0, usage: { input: 4 } });
  });

  it('hold tool calls, and one that is malformed without its text', () => {
    expect(answer(chunk([{ functionCall: { id: 'a', name: 'f', args: { x: 1 } } }, { functionCall: { name: 'g' } }], { finishReason: 'STOP' })).toolCalls).toEqual([{ id: 'a', name: 'f', arguments: 'valid' }, { name: 'g', arguments: 'valid' }]);
    expect(answer(finished('MALFORMED_FUNCTION_CALL')).toolCalls).toEqual([{ arguments: 'invalid' }]);
  });

  it('read errors, also in a list', () => {
    const body = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE', details: [] } };
    const error = { code: 'UNAVAILABLE', status: 503, message: 'The model is overloaded.' };
    for (const shape of [body, [body]]) expect(answer(shape)).toMatchObject({ error, terminal: true, choices: 0 });
  });

  it.each([null, [], {}, { choices: [] }, { candidates: [] }, { usageMetadata: { promptTokenCount: 4 } }, { promptFeedback: { safetyRatings: [] } }])('do not recognise %j', (body) => {
    expect(answer(body).recognised).toBe(false);
  });
});

describe('gemini.generate_content streams', () => {
  it('end when every candidate has its finish reason', () => {
    expect(stream([chunk([{ text: 'a' }])])).toMatchObject({ terminal: false, finishReasons: [], choices: 1 });
    expect(stream([chunk([{ text: 'a' }], { finishReason: 'FINISH_REASON_UNSPECIFIED' })]).terminal).toBe(false);
    expect(stream([chunk([{ text: 'a' }]), finished('STOP')])).toMatchObject({ terminal: true, finishReasons: ['STOP'] });
    expect(stream([finished('STOP')], 2).terminal).toBe(false);
    expect(stream([finished('STOP'), chunk([], { index: 1, finishReason: 'MAX_TOKENS' })], 2)).toMatchObject({ terminal: true, finishReasons: ['STOP', 'MAX_TOKENS'] });
  });

  it('are not at their end where more parts come behind a finish reason', () => {
    expect(stream([finished('STOP'), chunk([{ text: 'more' }])])).toMatchObject({ terminal: false, finishReasons: ['STOP'] });
    expect(stream([chunk([{ text: 'a' }]), finished('STOP'), chunk([{ text: 'b' }])]).terminal).toBe(false);
    expect(stream([finished('STOP'), chunk([{ text: '' }])]).terminal).toBe(true);
  });

  it('that were cut have the counts of the last event that came', () => {
    const counted = (tokens: number): object => chunk([{ text: 'a' }], {}, { promptTokenCount: 5, candidatesTokenCount: tokens });
    expect(stream([counted(1), counted(2), counted(3)]).usage).toEqual({ input: 5, output: 3 });
  });

  it('take an error for their end', () => {
    expect(stream([chunk([{ text: 'a' }]), { error: { code: 500, message: 'm', status: 'INTERNAL' } }])).toMatchObject({ error: { code: 'INTERNAL', status: 500 }, terminal: true, choices: 1 });
  });

  it('cut while the arguments of a call are streamed leave it incomplete', () => {
    const part = (functionCall: object): object => chunk([{ functionCall }]);
    const pieces = [part({ name: 'f', willContinue: true }), part({ partialArgs: [{ jsonPath: '$.city', stringValue: 'Par', willContinue: true }], willContinue: true })];
    expect(stream(pieces).toolCalls).toEqual([{ name: 'f', arguments: 'incomplete' }]);
    expect(stream([...pieces, part({})]).toolCalls).toEqual([{ name: 'f', arguments: 'valid' }]);
  });

  it('say which events are none of theirs', () => {
    const reader = geminiGenerateContent.readEvents({ operation: 'generate_content', stream: true, parameters: {} }, { contentBytes: 0 });
    const text = JSON.stringify(chunk([{ text: 'a' }]));
    expect([text, text, text.slice(0, -2), '{"candidates": [{]', '7'].map((data) => reader.push({ data }))).toEqual([true, true, false, false, false]);
  });

  it('give the conventions\' message', () => {
    const chunks = [chunk([{ text: 'hm', thought: true }]), chunk([{ text: 'Par' }]), chunk([{ text: 'is' }, { functionCall: { name: 'f', args: { x: 1 } } }], { finishReason: 'STOP' })];
    expect(stream(chunks, 1, 1_000).messages).toEqual([
      { role: 'assistant', parts: [{ type: 'reasoning', content: 'hm' }, { type: 'text', content: 'Paris' }, { type: 'tool_call', name: 'f', arguments: { x: 1 } }], finish_reason: 'STOP' },
    ]);
  });
});

describe('gemini.generate_content content', () => {
  it('of a request is its contents, system instruction and tools', () => {
    expect(
      geminiGenerateContent.readContent({
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        contents: [
          { role: 'user', parts: [{ text: 'hi' }, { inlineData: { mimeType: 'image/png', data: 'iVBO' } }] },
          { role: 'model', parts: [{ functionCall: { name: 'f', args: { x: 1 } } }] },
          { role: 'user', parts: [{ functionResponse: { name: 'f', response: { y: 2 } } }] },
        ],
        tools: [{ functionDeclarations: [{ name: 'f', description: 'd', parameters: { type: 'OBJECT' } }] }, { googleSearch: {} }],
      }),
    ).toEqual({
      systemInstructions: [{ type: 'text', content: 'Be brief.' }],
      inputMessages: [
        { role: 'user', parts: [{ type: 'text', content: 'hi' }, { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'iVBO' }] },
        { role: 'assistant', parts: [{ type: 'tool_call', name: 'f', arguments: { x: 1 } }] },
        { role: 'user', parts: [{ type: 'tool_call_response', response: { y: 2 } }] },
      ],
      toolDefinitions: [{ type: 'function', name: 'f', description: 'd', parameters: { type: 'OBJECT' } }, { type: 'googleSearch', name: 'googleSearch' }],
    });
    expect(geminiGenerateContent.readContent({ contents: 'hi' })).toEqual({ inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'hi' }] }] });
  });
});
