import { describe, expect, it } from 'vitest';
import { readBody } from '../body/reader.ts';
import { encodeUtf8 } from '../platform/bytes.ts';
import type { BodyFacts } from '../verdict/evidence.ts';
import type { Dialect } from './dialect.ts';
import { openaiImages, openaiModerations, openaiSpeech, openaiTranscriptions } from './openai-media.ts';

const PLAIN = { contentBytes: 0 };
const at = (path: string): URL => new URL(`https://api.openai.com/v1/${path}`);

async function form(fields: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append('file', new File(['\u0000\u0001RIFF'], 'a.wav'));
  return new Uint8Array(await new Response(data).arrayBuffer());
}

function read(dialect: Dialect, contentType: string, text: string, status = 200): BodyFacts {
  const reader = readBody({ status, contentType }, dialect, { operation: dialect.operation, stream: false, parameters: {} }, PLAIN);
  reader.push(encodeUtf8(text));
  return reader.finish({ cleanly: true });
}

describe('requests', () => {
  it('of images, as JSON', () => {
    expect(openaiImages.readRequest(at('images/generations'), encodeUtf8('{"model":"gpt-image-1","prompt":"a tower","n":2,"stream":true}'))).toEqual({
      operation: 'generate_content',
      model: 'gpt-image-1',
      stream: true,
      offersTools: false,
      parameters: { 'gen_ai.output.type': 'image', 'gen_ai.request.choice.count': 2 },
    });
  });

  it('of a transcription, as a form', async () => {
    const body = await form({ model: 'whisper-1', response_format: 'srt', temperature: '0.2', stream: 'true' });
    expect(openaiTranscriptions.readRequest(at('audio/transcriptions'), body)).toEqual({
      operation: 'generate_content',
      model: 'whisper-1',
      stream: true,
      offersTools: false,
      parameters: { 'gen_ai.output.type': 'text', 'gen_ai.request.temperature': 0.2 },
    });
  });

  it('of speech and of moderations', () => {
    expect(openaiSpeech.readRequestParameters({ model: 'tts-1', input: 'Hello', voice: 'alloy' })).toMatchObject({ model: 'tts-1', stream: false, parameters: { 'gen_ai.output.type': 'speech' } });
    expect(openaiModerations.readRequestParameters({ input: 'Hello' })).toEqual({ operation: 'moderation', stream: false, offersTools: false, parameters: {} });
  });

  it('of a deployment of Azure, named in the path', () => {
    expect(openaiTranscriptions.readRequest(new URL('https://x.openai.azure.com/openai/deployments/whisper/audio/transcriptions'), undefined).model).toBe('whisper');
  });
});

describe('answers', () => {
  it('of images count tokens by modality', () => {
    const usage = { input_tokens: 50, input_tokens_details: { image_tokens: 40, text_tokens: 10 }, output_tokens: 100, total_tokens: 150 };
    expect(openaiImages.readAnswer({ created: 1, data: [{ b64_json: 'AAAA' }], usage }, PLAIN)).toMatchObject({
      recognised: true,
      terminal: true,
      usage: { input: 50, output: 100, inputByModality: { image: 40, text: 10 } },
    });
  });

  it('of a transcription', () => {
    const usage = { type: 'tokens', input_tokens: 14, input_token_details: { audio_tokens: 14 }, output_tokens: 5 };
    expect(openaiTranscriptions.readAnswer({ text: 'Hello', usage, x_groq: { id: 'req_1' } }, PLAIN)).toMatchObject({
      id: 'req_1',
      recognised: true,
      usage: { input: 14, output: 5, inputByModality: { audio: 14 } },
    });
  });

  it('of moderations', () => {
    expect(openaiModerations.readAnswer({ id: 'modr-1', model: 'omni-moderation-2024-09-26', results: [{ flagged: false }] }, PLAIN)).toMatchObject({ id: 'modr-1', model: 'omni-moderation-2024-09-26', recognised: true });
  });

  it.each([openaiImages, openaiTranscriptions, openaiSpeech, openaiModerations])('that are an error, or foreign: $id', (dialect) => {
    expect(dialect.readAnswer({ error: { message: 'm', code: 'model_not_found' } }, PLAIN)).toMatchObject({ error: { code: 'model_not_found' }, recognised: true });
    expect(dialect.readAnswer({ ok: true }, PLAIN)).toMatchObject({ recognised: false, terminal: false });
  });

  it('streamed end with their last event', () => {
    const reader = openaiTranscriptions.readEvents(openaiTranscriptions.readRequestParameters({ stream: true }), PLAIN);
    reader.push({ data: '{"type":"transcript.text.delta","delta":"Hel"}' });
    expect(reader.terminal).toBe(false);
    reader.push({ data: '{"type":"transcript.text.done","text":"Hello","usage":{"input_tokens":14,"output_tokens":5}}' });
    expect(reader.facts()).toMatchObject({ terminal: true, recognised: true, usage: { input: 14, output: 5 } });
  });
});

describe('bodies', () => {
  it('of audio are what their framing says, whatever their first byte looks like', () => {
    for (const first of ['ID3', '{', '<', 'data:']) expect(read(openaiSpeech, 'audio/mpeg', `${first}\u0000\u0001`)).toEqual({ form: 'opaque', bytes: first.length + 2 });
  });

  it('of plain text are an answer where text may be asked for, and a page is none', () => {
    expect(read(openaiTranscriptions, 'text/plain', '1\n00:00:00,000 --> 00:00:01,000\nHello').form).toBe('opaque');
    expect(read(openaiTranscriptions, 'text/html', '<html><body>Welcome to nginx!</body></html>').form).toBe('html');
    expect(read(openaiTranscriptions, 'text/plain', '{"text":"Hello"}')).toMatchObject({ form: 'json', answer: { recognised: true } });
    expect(read(openaiImages, 'text/plain', 'Hello').form).toBe('text');
  });

  it('of an error are documents', () => {
    expect(read(openaiSpeech, 'application/json', '{"error":{"message":"m","code":"invalid_api_key"}}', 401)).toMatchObject({ form: 'json', answer: { error: { code: 'invalid_api_key' } } });
    expect(read(openaiSpeech, 'text/plain', 'upstream connect error', 503).form).toBe('text');
  });
});
