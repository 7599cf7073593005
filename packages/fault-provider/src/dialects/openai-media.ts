import type { DialectId } from '@outspan/core';
import type { Tokens } from '../wire/said.ts';
import { randomId } from '../wire/random.ts';
import type { Call } from './call.ts';
import { openaiError } from './openai-errors.ts';
import { OPENAI_EXHAUSTED, openaiHeaders } from './openai-headers.ts';
import type { WireDialect } from './wire-dialect.ts';

const TOKENS: Tokens = { input: 14, output: 45 };

/** What differs between OpenAI's endpoints beside text generation. They have no streams here. */
interface Row {
  readonly id: DialectId;
  /** The document; `text` is what a transcription says. */
  readonly json: (call: Call, text: string) => { readonly id?: string; readonly model?: string; readonly usage?: object };
  readonly media?: WireDialect['media'];
}

function define({ id, json, media }: Row): WireDialect {
  return {
    id,
    members: { id: 'id', model: 'model', finish: 'finish_reason', usage: 'usage' },
    headers: openaiHeaders,
    exhausted: () => OPENAI_EXHAUSTED,
    document(answer, call) {
      const document = json(call, answer.text.join(''));
      const { id: given, model, usage } = document;
      return {
        json: document,
        says: { ...(given !== undefined && { id: given }), ...(model !== undefined && { model }), ...(usage !== undefined && { tokens: TOKENS }), usage: usage !== undefined, finishReasons: [], terminal: true },
      };
    },
    events: () => [],
    error: (kind, _status, call) => ({ error: openaiError(kind, call) }),
    errorEvent: (kind, call) => ({ role: 'other', data: JSON.stringify({ error: openaiError(kind, call) }) }),
    ...(media && { media }),
  };
}

/** One pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
/** Bytes of an audio file between its tags. */
const SOUND_BYTES = 4_096;
/** What an MP3 file begins with, and what one with old tags ends with. */
const MP3 = { begin: 'ID3\u0004\u0000\u0000', end: `TAG${' '.repeat(125)}` } as const;

/** OpenAI image generation. The picture plays no part. */
export const openaiImages: WireDialect = define({
  id: 'openai.images',
  json: (call) => ({
    background: 'opaque',
    created: Math.floor(call.now / 1000),
    data: Array.from({ length: call.count }, () => ({ b64_json: PNG })),
    output_format: 'png',
    quality: 'low',
    size: '1024x1024',
    usage: { input_tokens: TOKENS.input, input_tokens_details: { image_tokens: 0, text_tokens: TOKENS.input }, output_tokens: TOKENS.output, total_tokens: 59 },
  }),
});

/** OpenAI transcriptions and translations. */
export const openaiTranscriptions: WireDialect = define({
  id: 'openai.transcriptions',
  json: (_call, text) => ({ text, usage: { type: 'tokens', input_tokens: TOKENS.input, input_token_details: { text_tokens: 0, audio_tokens: TOKENS.input }, output_tokens: TOKENS.output, total_tokens: 59 } }),
});

/** OpenAI speech, whose answers are audio. */
export const openaiSpeech: WireDialect = define({
  id: 'openai.speech',
  // Nobody sends it: the answer is its media.
  json: () => ({}),
  media: (call) => {
    const sound = Uint8Array.from({ length: SOUND_BYTES }, () => Math.floor(call.random() * 256));
    return { type: 'audio/mpeg', bytes: Buffer.concat([Buffer.from(MP3.begin, 'latin1'), sound, Buffer.from(MP3.end, 'latin1')]) };
  },
});

/** OpenAI moderations. */
export const openaiModerations: WireDialect = define({
  id: 'openai.moderations',
  json: (call) => ({
    id: `modr-${randomId(call.random, 24)}`,
    model: call.model,
    results: [{ flagged: false, categories: { violence: false, harassment: false }, category_scores: { violence: 0.0001, harassment: 0.0002 } }],
  }),
});
