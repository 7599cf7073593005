/**
 * What the benchmark's server says: the shapes and sizes of OpenAI's chat API, made once and sent again and again,
 * so that answering costs the server next to nothing.
 */

/** What an answer says in its head; instrumentations read some of it, so it has to be there. */
export const HEADERS: Readonly<Record<string, string>> = {
  'x-request-id': 'req_5c1f0c8e9d7a4b3f8a6e2d1c0b9f8e7d',
  'openai-version': '2020-10-01',
  'openai-organization': 'example-org',
  'openai-processing-ms': '412',
  'x-envoy-upstream-service-time': '418',
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-limit-tokens': '2000000',
  'x-ratelimit-remaining-requests': '9999',
  'x-ratelimit-remaining-tokens': '1999742',
  'x-ratelimit-reset-requests': '6ms',
  'x-ratelimit-reset-tokens': '7ms',
  'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
  'x-content-type-options': 'nosniff',
  'cf-cache-status': 'DYNAMIC',
  'cf-ray': '91b2c3d4e5f60718-FRA',
  server: 'cloudflare',
};

const IDENTITY = { id: 'chatcmpl-BdSx0Y4kQm2Tz7VvLr1Np9Hc3Wf5J', created: 1_764_000_000, model: 'gpt-4o-mini-2024-07-18' };
const TIER = { service_tier: 'default', system_fingerprint: 'fp_44added55e' };
const USAGE = {
  prompt_tokens: 258,
  completion_tokens: 498,
  total_tokens: 756,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
};

const SENTENCE = 'The measured value depends on the load, the payload and the number of calls in flight. ';

/** Prose of `characters` ASCII characters. */
export function prose(characters: number): string {
  return SENTENCE.repeat(Math.ceil(characters / SENTENCE.length)).slice(0, characters);
}

/** A unary answer of about one kilobyte. */
export const UNARY: Buffer = Buffer.from(
  JSON.stringify({
    ...IDENTITY,
    object: 'chat.completion',
    choices: [
      { index: 0, message: { role: 'assistant', content: prose(420), refusal: null, annotations: [] }, logprobs: null, finish_reason: 'stop' },
    ],
    usage: USAGE,
    ...TIER,
  }),
);

function event(delta: object, finishReason: string | null): Buffer {
  const chunk = {
    ...IDENTITY,
    object: 'chat.completion.chunk',
    ...TIER,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
    usage: null,
    obfuscation: 'hT3vK9',
  };
  return Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`);
}

/** One piece of an answer, as one event of about 290 bytes. */
export const WORD: Buffer = event({ content: ' measured' }, null);

/** A stream's last three events: finish reason, usage, end mark. */
export const STREAM_END: readonly Buffer[] = [
  event({}, 'stop'),
  Buffer.from(`data: ${JSON.stringify({ ...IDENTITY, object: 'chat.completion.chunk', ...TIER, choices: [], usage: USAGE })}\n\n`),
  Buffer.from('data: [DONE]\n\n'),
];

/** A whole stream of `events` events. */
export function stream(events: number): readonly Buffer[] {
  return [event({ role: 'assistant', content: '', refusal: null }, null), ...Array<Buffer>(events - STREAM_END.length - 1).fill(WORD), ...STREAM_END];
}
