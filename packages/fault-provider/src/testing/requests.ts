import type { DialectId } from '@outspan/core';
import type { Mode } from '../dialects/call.ts';

/** A request of a dialect, as its SDK would send it. */
export interface SampleRequest {
  /** Absent: POST. */
  readonly method?: 'GET';
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const QUESTION = 'What is the capital of France?';
const messages = [{ role: 'user', content: QUESTION }];
const model = 'model-1';

const REQUESTS: Readonly<Record<DialectId, (mode: Mode) => SampleRequest>> = {
  'openai.chat': (mode) => ({ path: '/v1/chat/completions', body: { model, messages, stream: mode === 'stream' } }),
  'openai.responses': (mode) => ({ path: '/v1/responses', body: { model, input: QUESTION, stream: mode === 'stream' } }),
  'openai.embeddings': () => ({ path: '/v1/embeddings', body: { model, input: QUESTION } }),
  'openai.images': () => ({ path: '/v1/images/generations', body: { model, prompt: QUESTION } }),
  // Not as a form: the provider looks at the model alone.
  'openai.transcriptions': () => ({ path: '/v1/audio/transcriptions', body: { model } }),
  'openai.speech': () => ({ path: '/v1/audio/speech', body: { model, input: QUESTION, voice: 'alloy' } }),
  'openai.moderations': () => ({ path: '/v1/moderations', body: { model, input: QUESTION } }),
  'anthropic.messages': (mode) => ({ path: '/v1/messages', body: { model, max_tokens: 64, messages, stream: mode === 'stream' } }),
  'aws.bedrock.converse': (mode) => ({ path: `/model/${model}/${mode === 'stream' ? 'converse-stream' : 'converse'}`, body: { messages: [{ role: 'user', content: [{ text: QUESTION }] }] } }),
  'aws.bedrock.invoke_model': (mode) => ({
    path: `/model/${model}/${mode === 'stream' ? 'invoke-with-response-stream' : 'invoke'}`,
    body: { anthropic_version: 'bedrock-2023-05-31', max_tokens: 64, messages },
  }),
  'cohere.chat': (mode) => ({ path: '/v2/chat', body: { model, messages, stream: mode === 'stream' } }),
  'cohere.v1_chat': (mode) => ({ path: '/v1/chat', body: { model, message: QUESTION, stream: mode === 'stream' } }),
  'cohere.embed': () => ({ path: '/v2/embed', body: { model, texts: [QUESTION], input_type: 'search_query', embedding_types: ['float'] } }),
  'cohere.rerank': () => ({ path: '/v2/rerank', body: { model, query: QUESTION, documents: ['Paris', 'Rome'] } }),
  'ollama.chat': (mode) => ({ path: '/api/chat', body: { model, messages, stream: mode === 'stream' } }),
  'ollama.generate': (mode) => ({ path: '/api/generate', body: { model, prompt: QUESTION, ...(mode === 'unary' && { stream: false }) } }),
  'ollama.embed': () => ({ path: '/api/embed', body: { model, input: QUESTION } }),
  'ai_gateway.language_model': (mode) => ({ path: '/v4/ai/language-model', body: { prompt: [{ role: 'user', content: [{ type: 'text', text: QUESTION }] }], model, stream: mode === 'stream' } }),
  // What was begun is asked for.
  'replicate.predictions': (mode) => ({ method: 'GET', path: mode === 'stream' ? '/v1/streams/abc' : '/v1/predictions/abc', body: {} }),
  'huggingface.task': () => ({ path: `/hf-inference/models/org/${model}`, body: {} }),
  'huggingface.feature_extraction': () => ({ path: `/hf-inference/models/org/${model}/pipeline/feature-extraction`, body: { inputs: QUESTION } }),
  'gemini.embed_content': () => ({ path: `/v1beta/models/${model}:batchEmbedContents`, body: { requests: [{ model: `models/${model}`, content: { parts: [{ text: QUESTION }] } }] } }),
  'gemini.generate_content': (mode) => ({
    path: `/v1beta/models/${model}:${mode === 'stream' ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: { contents: [{ role: 'user', parts: [{ text: QUESTION }] }] },
  }),
};

/** How each dialect asks for structured output. */
const ASKS_FOR_JSON: Readonly<Partial<Record<DialectId, Readonly<Record<string, unknown>>>>> = {
  'openai.chat': { response_format: { type: 'json_object' } },
  'openai.responses': { text: { format: { type: 'json_object' } } },
  'anthropic.messages': { output_config: { format: { type: 'json_schema', schema: {} } } },
  'aws.bedrock.converse': { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{}' } } } } },
  'aws.bedrock.invoke_model': { output_config: { format: { type: 'json_schema', schema: {} } } },
  'cohere.chat': { response_format: { type: 'json_object' } },
  'cohere.v1_chat': { response_format: { type: 'json_object' } },
  'ollama.chat': { format: 'json' },
  'ollama.generate': { format: {} },
  'gemini.generate_content': { generationConfig: { responseMimeType: 'application/json' } },
};

/** A small request; `structured`: for structured output. */
export function sampleRequest(dialect: DialectId, mode: Mode, structured = false): SampleRequest {
  const request = REQUESTS[dialect](mode);
  return structured ? { ...request, body: { ...request.body, ...ASKS_FOR_JSON[dialect] } } : request;
}
