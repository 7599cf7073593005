import { describe, expect, it } from 'vitest';
import type { AnswerFacts } from './dialect.ts';
import { openaiRealtime } from './openai-realtime.ts';

const SESSION = { type: 'session.created', session: { id: 'sess_1', model: 'gpt-realtime-2026-08-06' } };
const USAGE = {
  input_tokens: 30,
  output_tokens: 20,
  input_token_details: { text_tokens: 10, audio_tokens: 20, cached_tokens: 8 },
  output_token_details: { text_tokens: 5, audio_tokens: 15 },
};
const created = { type: 'response.created', response: { object: 'realtime.response', id: 'resp_1', status: 'in_progress', conversation_id: 'conv_1', output: [] } };
const done = (status: string, more: object = {}): object => ({ type: 'response.done', response: { ...created.response, status, usage: USAGE, ...more } });
const call = (args: string, status = 'completed'): object => ({ id: 'item_1', object: 'realtime.item', type: 'function_call', status, name: 'f', call_id: 'call_1', arguments: args });

function read(events: readonly object[], contentBytes = 0): AnswerFacts {
  const reader = openaiRealtime.readEvents({ operation: 'chat', stream: true, parameters: {} }, { contentBytes });
  for (const event of events) reader.pushParsed(event);
  return reader.facts();
}

describe('openai.realtime requests', () => {
  it('are read by their conventional names', () => {
    expect(openaiRealtime.readRequestParameters({ model: 'gpt-realtime', output_modalities: ['audio'], max_output_tokens: 64, tools: [{ type: 'function' }] })).toEqual({
      operation: 'chat',
      model: 'gpt-realtime',
      stream: true,
      offersTools: true,
      parameters: { 'gen_ai.request.max_tokens': 64, 'gen_ai.output.type': 'speech' },
    });
    expect(openaiRealtime.readRequestParameters({ modalities: ['text'], max_response_output_tokens: 'inf' }).parameters).toEqual({ 'gen_ai.output.type': 'text' });
  });

  it('are recognised by no path', () => {
    expect(openaiRealtime.matches('GET', '/v1/realtime')).toBe(false);
  });
});

describe('openai.realtime responses', () => {
  it('say who answered, what it cost by modality, and how it ended', () => {
    expect(read([SESSION, created, done('completed')])).toMatchObject({
      id: 'resp_1',
      model: 'gpt-realtime-2026-08-06',
      terminal: true,
      finishReasons: ['stop'],
      usage: { input: 30, output: 20, cacheRead: 8, inputByModality: { text: 10, audio: 20 }, outputByModality: { text: 5, audio: 15 } },
      attributes: { 'gen_ai.conversation.id': 'conv_1' },
    });
  });

  it('that are cut short are told apart by their details', () => {
    expect(read([created, done('incomplete', { status_details: { type: 'incomplete', reason: 'max_output_tokens' } })])).toMatchObject({ tokenLimited: true, finishReasons: ['length'] });
    expect(read([created, done('incomplete', { status_details: { type: 'incomplete', reason: 'content_filter' } })])).toMatchObject({ filtered: true });
    expect(read([created, done('failed', { status_details: { type: 'failed', error: { type: 'tokens', code: 'rate_limit_exceeded' } } })]).error).toMatchObject({ code: 'rate_limit_exceeded' });
    expect(read([created, done('failed')]).error).toEqual({ type: 'failed' });
  });

  it('that were cancelled are no whole answers', () => {
    expect(read([created, done('cancelled', { status_details: { type: 'cancelled', reason: 'turn_detected' } })])).toMatchObject({ terminal: false, finishReasons: ['turn_detected'] });
  });

  it('without their last event are not terminal', () => {
    expect(read([created])).toMatchObject({ terminal: false, finishReasons: [] });
  });

  it('have their tool calls checked', () => {
    const pieces = [{ type: 'response.output_item.added', output_index: 0, item: call('', 'in_progress') }, { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"a":' }];
    expect(read([created, ...pieces]).toolCalls).toEqual([{ id: 'call_1', name: 'f', arguments: 'incomplete' }]);
    expect(read([created, ...pieces, done('completed', { output: [call('{"a":1}')] })]).toolCalls).toEqual([{ id: 'call_1', name: 'f', arguments: 'valid' }]);
  });

  it('keep of speech its transcript, where content is kept, and of the beta the same', () => {
    for (const type of ['response.output_audio_transcript.delta', 'response.audio_transcript.delta', 'response.text.delta', 'response.output_text.delta']) {
      const events = [created, { type, output_index: 0, delta: 'Hel' }, { type, output_index: 0, delta: 'lo' }, { type: 'response.output_audio.delta', output_index: 0, delta: 'AAAA' }, done('completed')];
      expect(read(events, 100).messages).toEqual([{ role: 'assistant', parts: [{ type: 'text', content: 'Hello' }], finish_reason: 'stop' }]);
      expect(read(events).messages).toBeUndefined();
    }
  });

  it('end by an error event', () => {
    expect(read([created, { type: 'error', error: { type: 'server_error', code: null, message: 'x' } }])).toMatchObject({ terminal: true, error: { type: 'server_error' } });
  });
});
