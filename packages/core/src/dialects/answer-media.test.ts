import { describe, expect, it } from 'vitest';
import { aiGatewayLanguageModel } from './ai-gateway.ts';
import type { Dialect } from './dialect.ts';
import { geminiGenerateContent } from './gemini-generate-content.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';

const DATA = 'AAAABBBB';

/** The parts of the one message of an answer. */
function partsOf(dialect: Dialect, body: unknown, contentBytes = 1_000): unknown {
  const [message] = dialect.readAnswer(body, { contentBytes }).messages ?? [];
  return typeof message === 'object' && message !== null && 'parts' in message ? message['parts'] : undefined;
}

const speech = { choices: [{ index: 0, message: { role: 'assistant', content: null, audio: { id: 'audio_1', data: DATA, transcript: 'Hello' } }, finish_reason: 'stop' }] };
const drawn = { candidates: [{ content: { parts: [{ text: 'Here:' }, { inlineData: { mimeType: 'image/png', data: DATA } }] }, finishReason: 'STOP' }] };

describe('files of an answer', () => {
  it.each<[string, Dialect, object, unknown]>([
    ['speech of chat, with what is said in it', openaiChat, speech, [{ type: 'text', content: 'Hello' }, { type: 'blob', modality: 'audio', content: DATA }]],
    [
      'images of OpenRouter',
      openaiChat,
      { choices: [{ index: 0, message: { content: 'Here:', images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${DATA}` } }] }, finish_reason: 'stop' }] },
      [{ type: 'text', content: 'Here:' }, { type: 'blob', modality: 'image', mime_type: 'image/png', content: DATA }],
    ],
    ['images of Gemini', geminiGenerateContent, drawn, [{ type: 'text', content: 'Here:' }, { type: 'blob', modality: 'image', mime_type: 'image/png', content: DATA }]],
    [
      'images of the Responses API',
      openaiResponses,
      { object: 'response', id: 'r', status: 'completed', output: [{ type: 'image_generation_call', id: 'ig', status: 'completed', output_format: 'png', result: DATA }] },
      [{ type: 'blob', modality: 'image', mime_type: 'image/png', content: DATA }],
    ],
    [
      'files of the AI Gateway',
      aiGatewayLanguageModel,
      { content: [{ type: 'file', mediaType: 'image/png', data: DATA }], finishReason: { unified: 'stop' } },
      [{ type: 'blob', modality: 'image', mime_type: 'image/png', content: DATA }],
    ],
  ])('are parts of its message: %s', (_what, dialect, body, parts) => {
    expect(partsOf(dialect, body)).toEqual(parts);
  });

  it('are told by their kind alone where they are larger than content may be', () => {
    expect(partsOf(openaiChat, speech, 6)).toEqual([{ type: 'text', content: 'Hello' }, { type: 'generic', modality: 'audio' }]);
    expect(partsOf(geminiGenerateContent, drawn, 6)).toEqual([{ type: 'text', content: 'Here:' }, { type: 'generic', modality: 'image', mime_type: 'image/png' }]);
  });

  it('are not kept where content is not', () => {
    expect(partsOf(openaiChat, speech, 0)).toBeUndefined();
  });

  it('come in pieces that make no file together where speech is streamed, and its words as text', () => {
    const reader = openaiChat.readEvents({ operation: 'chat', stream: true, parameters: {} }, { contentBytes: 1_000 });
    for (const audio of [{ id: 'a', transcript: 'Hel' }, { data: DATA }, { data: DATA, transcript: 'lo' }]) reader.pushParsed({ choices: [{ index: 0, delta: { audio }, finish_reason: null }] });
    reader.pushParsed({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    expect(reader.facts().messages).toEqual([{ role: 'assistant', parts: [{ type: 'text', content: 'Hello' }, { type: 'generic', modality: 'audio' }], finish_reason: 'stop' }]);
  });
});
