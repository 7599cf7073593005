import type { DialectId } from '@outspan/core';
import type { Mode } from '../dialects/call.ts';

/** A request of a dialect, as its SDK would send it. */
export interface SampleRequest {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A small request; `model` is in it where the dialect puts it. */
export function sampleRequest(dialect: DialectId, mode: Mode, model = 'model-1'): SampleRequest {
  const stream = mode === 'stream' ? { stream: true } : {};
  const messages = [{ role: 'user', content: 'What is the capital of France?' }];
  switch (dialect) {
    case 'openai.chat':
      return { path: '/v1/chat/completions', body: { model, messages, ...stream } };
    case 'openai.responses':
      return { path: '/v1/responses', body: { model, input: 'What is the capital of France?', ...stream } };
    case 'openai.embeddings':
      return { path: '/v1/embeddings', body: { model, input: 'Paris' } };
    case 'anthropic.messages':
      return { path: '/v1/messages', body: { model, max_tokens: 64, messages, ...stream } };
    case 'gemini.generate_content':
      return {
        path: `/v1beta/models/${model}:${mode === 'stream' ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
        body: { contents: [{ role: 'user', parts: [{ text: 'What is the capital of France?' }] }] },
      };
  }
}
