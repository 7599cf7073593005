import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import type { Attributes } from '@opentelemetry/api';
import { AlwaysOnSampler, InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { beforeEach, expect, it } from 'vitest';
import { settle } from '../config.ts';
import { dialectFor } from '../dialects/catalogue.ts';
import type { Attempt } from './attempt.ts';
import { CallTracker } from './tracker.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const GATEWAY = 'http://gateway.internal:8080';
let seen: { readonly name: string; readonly attributes: Attributes }[];
let exporter: InMemorySpanExporter;
let tracker: CallTracker;

beforeEach(() => {
  seen = [];
  exporter = new InMemorySpanExporter();
  const always = new AlwaysOnSampler();
  const provider = new TracerProvider({
    sampler: {
      shouldSample: (_context, _traceId, name, kind, attributes) => {
        if (kind === SpanKind.CLIENT) seen.push({ name, attributes: { ...attributes } });
        return always.shouldSample();
      },
    },
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  const settings = settle({}, {});
  tracker = new CallTracker({ settings: () => settings, tracer: () => provider.getTracer('test'), meterProvider: () => undefined });
});

/** A request to a host of one's own, whose trace context is made before its body is seen. */
function send(path: string, { context = ROOT_CONTEXT, agent = 'node', body = '{}' } = {}): Attempt {
  const attempt = tracker.begin({ method: 'POST', url: new URL(GATEWAY + path), context, header: (name) => (name === 'user-agent' ? agent : undefined) });
  if (attempt === undefined) throw new Error('not an LLM call');
  tracker.contextToSend(attempt);
  attempt.requestChunk(bytes(body));
  attempt.requestSent();
  return attempt;
}

it('shows samplers the model that a framework names, and where the call goes', () => {
  const pending = tracker.expectCall({ context: ROOT_CONTEXT, model: 'gpt-5' });
  send('/v1/chat/completions', { context: pending?.context ?? ROOT_CONTEXT, body: '{"model":"gpt-5","messages":[]}' });
  expect(seen[0]).toMatchObject({ name: 'chat gpt-5', attributes: { 'gen_ai.request.model': 'gpt-5', 'server.address': 'gateway.internal', 'server.port': 8080 } });
});

it.each([
  ['/v1beta/models/gemini-2.5-pro:generateContent', 'gemini-2.5-pro'],
  ['/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse', 'gemini-2.5-pro'],
  ['/model/anthropic.claude-v1%3A0/invoke', 'anthropic.claude-v1:0'],
])('shows samplers the model that the URL %s names', (path, model) => {
  send(path);
  expect(seen[0]?.attributes['gen_ai.request.model']).toBe(model);
});

it.each([
  ['mistral-client-typescript/2.1.0', 'mistral_ai'],
  ['speakeasy-sdk/typescript 1.10.0 2.687.13 1.0.0 @mistralai/mistralai', 'mistral_ai'],
  ['speakeasy-sdk/typescript 0.3.1 2.768.0 1.0.0 @openrouter/sdk', 'openrouter'],
  ['Groq/JS 1.0.0', 'groq'],
  ['_Groq2/JS 1.0.0', 'groq'],
  ['Together/JS 0.30.0', 'together_ai'],
  ['Cerebras/JS 1.60.0', 'cerebras'],
  ['ai/7.0.173 ai-sdk/groq/4.0.1 ai-sdk/provider-utils/5.0.0 runtime/node.js/24', 'groq'],
  ['ai-sdk/mistral/4.0.1 ai-sdk/provider-utils/5.0.0 runtime/node.js/24', 'mistral_ai'],
  ['ai-sdk/deepseek/3.0.0', 'deepseek'],
  ['ai-sdk/xai/4.0.0', 'x_ai'],
  ['ai-sdk/togetherai/3.0.0', 'together_ai'],
  ['ai-sdk/openrouter/2.0.0', 'openrouter'],
  ['ai-sdk/openai/4.0.0 ai-sdk/provider-utils/5.0.0', 'openai'],
  ['ai-sdk/openai-compatible/3.0.0', 'openai'],
  ['OpenAI/JS 7.57.0', 'openai'],
  ['MyGroq/JS 1.0.0', 'openai'],
  ['node', 'openai'],
])('names behind a gateway the provider whose client asks: %s', (agent, provider) => {
  send('/v1/chat/completions', { agent });
  expect(seen[0]?.attributes['gen_ai.provider.name']).toBe(provider);
});

it('believes an address that is known before a client', () => {
  const attempt = tracker.begin({ method: 'POST', url: new URL('https://api.deepseek.com/v1/chat/completions'), context: ROOT_CONTEXT, header: () => 'ai-sdk/groq/4.0.1' });
  attempt?.requestChunk(bytes('{"model":"m","messages":[]}'));
  attempt?.requestSent();
  expect(seen[0]?.attributes['gen_ai.provider.name']).toBe('deepseek');
});

it('names the provider that an SDK’s instrumentation says, behind a gateway only', () => {
  const dialect = dialectFor('POST', '/v1/chat/completions');
  if (dialect === undefined) throw new Error('no dialect');
  for (const url of [new URL(`${GATEWAY}/v1/chat/completions`), new URL('https://api.openai.com/v1/chat/completions'), undefined]) {
    tracker.startOperation({ dialect, parameters: { model: 'm' }, provider: 'groq', context: ROOT_CONTEXT, ...(url && { url }) });
  }
  expect(seen.map(({ attributes }) => attributes['gen_ai.provider.name'])).toEqual(['groq', 'openai', 'groq']);
});
