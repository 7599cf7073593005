import type { DialectId } from '@outspan/core';
import type { Canaries } from './canaries.ts';

const dataUrl = (type: string, base64: string): string => `data:${type};base64,${base64}`;

/** A tool's parameters, as JSON Schema. */
function schema(c: Canaries): object {
  return { type: 'object', properties: { [c.toolParameter]: { type: 'string', description: c.toolDescription } }, required: [c.toolParameter], additionalProperties: false };
}

function asked(c: Canaries): string {
  return `${c.prompt}. My key is ${c.pastedKey}, or else ${c.pastedToken}.`;
}

function anthropicMembers(c: Canaries): object {
  return {
    system: c.system,
    messages: [
      { role: 'user', content: 'Look it up' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: c.toolName, input: { of: c.toolArguments } }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: c.toolResult },
          { type: 'text', text: asked(c) },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: c.image } },
          { type: 'image', source: { type: 'url', url: c.imageUrl } },
          { type: 'document', title: c.fileName, source: { type: 'base64', media_type: 'application/pdf', data: c.file } },
        ],
      },
    ],
    tools: [{ name: c.toolName, description: c.toolDescription, input_schema: schema(c) }],
    metadata: { user_id: c.user },
  };
}

/** What the requests of each dialect hold: markers in every place that its API has for content. */
const MEMBERS: Readonly<Record<DialectId, (c: Canaries) => object>> = {
  'openai.chat': (c) => ({
    messages: [
      { role: 'system', content: c.system },
      { role: 'user', content: 'Look it up' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: { name: c.toolName, arguments: JSON.stringify({ of: c.toolArguments }) } }] },
      { role: 'tool', tool_call_id: 'call_1', content: c.toolResult },
      {
        role: 'user',
        content: [
          { type: 'text', text: asked(c) },
          { type: 'image_url', image_url: { url: dataUrl('image/png', c.image) } },
          { type: 'image_url', image_url: { url: c.imageUrl } },
          { type: 'file', file: { filename: c.fileName, file_data: dataUrl('application/pdf', c.file) } },
        ],
      },
    ],
    tools: [{ type: 'function', function: { name: c.toolName, description: c.toolDescription, parameters: schema(c), strict: true } }],
    user: c.user,
  }),
  'openai.responses': (c) => ({
    instructions: c.system,
    input: [
      { type: 'function_call', call_id: 'call_1', name: c.toolName, arguments: JSON.stringify({ of: c.toolArguments }) },
      { type: 'function_call_output', call_id: 'call_1', output: c.toolResult },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: asked(c) },
          { type: 'input_image', detail: 'auto', image_url: dataUrl('image/png', c.image) },
          { type: 'input_image', detail: 'auto', image_url: c.imageUrl },
          { type: 'input_file', filename: c.fileName, file_data: dataUrl('application/pdf', c.file) },
        ],
      },
    ],
    tools: [{ type: 'function', name: c.toolName, description: c.toolDescription, parameters: schema(c), strict: true }],
    user: c.user,
    metadata: { of: c.user },
  }),
  'openai.embeddings': (c) => ({ input: [c.embedded, 'Berlin'], user: c.user }),
  'openai.images': (c) => ({ prompt: asked(c), user: c.user }),
  // A file and a model are all that it has.
  'openai.transcriptions': () => ({}),
  'openai.speech': (c) => ({ input: asked(c), instructions: c.system }),
  'openai.moderations': (c) => ({ input: [c.embedded, 'Berlin'] }),
  'anthropic.messages': anthropicMembers,
  'aws.bedrock.invoke_model': anthropicMembers,
  'aws.bedrock.converse': (c) => ({
    system: [{ text: c.system }],
    messages: [
      { role: 'user', content: [{ text: 'Look it up' }] },
      { role: 'assistant', content: [{ toolUse: { toolUseId: 'tooluse_1', name: c.toolName, input: { of: c.toolArguments } } }] },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'tooluse_1', content: [{ text: c.toolResult }] } },
          { text: asked(c) },
          { image: { format: 'png', source: { bytes: Buffer.from(c.image, 'base64') } } },
          { image: { format: 'png', source: { s3Location: { uri: c.imageUrl } } } },
          { document: { format: 'pdf', name: c.fileName, source: { bytes: Buffer.from(c.file, 'base64') } } },
        ],
      },
    ],
    toolConfig: { tools: [{ toolSpec: { name: c.toolName, description: c.toolDescription, inputSchema: { json: schema(c) } } }] },
    requestMetadata: { of: c.user },
  }),
  'gemini.generate_content': (c) => ({
    systemInstruction: { parts: [{ text: c.system }] },
    contents: [
      { role: 'user', parts: [{ text: 'Look it up' }] },
      { role: 'model', parts: [{ functionCall: { name: c.toolName, args: { of: c.toolArguments } } }] },
      { role: 'user', parts: [{ functionResponse: { name: c.toolName, response: { result: c.toolResult } } }] },
      {
        role: 'user',
        parts: [
          { text: asked(c) },
          { inlineData: { mimeType: 'image/png', data: c.image } },
          { fileData: { mimeType: 'image/png', fileUri: c.imageUrl } },
          { inlineData: { mimeType: 'application/pdf', data: c.file, displayName: c.fileName } },
        ],
      },
    ],
    tools: [{ functionDeclarations: [{ name: c.toolName, description: c.toolDescription, parametersJsonSchema: schema(c) }] }],
  }),
  'cohere.chat': (c) => ({
    messages: [
      { role: 'system', content: c.system },
      { role: 'user', content: 'Look it up' },
      { role: 'assistant', toolCalls: [{ id: 'call_1', type: 'function', function: { name: c.toolName, arguments: JSON.stringify({ of: c.toolArguments }) } }] },
      { role: 'tool', toolCallId: 'call_1', content: c.toolResult },
      { role: 'user', content: [{ type: 'text', text: asked(c) }, { type: 'image_url', imageUrl: { url: dataUrl('image/png', c.image) } }, { type: 'image_url', imageUrl: { url: c.imageUrl } }] },
    ],
    documents: [{ data: { title: c.fileName, text: c.file } }],
    tools: [{ type: 'function', function: { name: c.toolName, description: c.toolDescription, parameters: schema(c) } }],
  }),
  'ai_gateway.language_model': (c) => ({
    prompt: [
      { role: 'system', content: c.system },
      { role: 'user', content: [{ type: 'text', text: 'Look it up' }] },
      { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'call_1', toolName: c.toolName, input: { of: c.toolArguments } }] },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'call_1', toolName: c.toolName, output: { type: 'text', value: c.toolResult } }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: asked(c) },
          { type: 'file', mediaType: 'image/png', data: { type: 'data', data: c.image } },
          { type: 'file', mediaType: 'image/png', data: { type: 'url', url: c.imageUrl } },
          { type: 'file', mediaType: 'application/pdf', filename: c.fileName, data: { type: 'data', data: c.file } },
        ],
      },
    ],
    tools: [{ type: 'function', name: c.toolName, description: c.toolDescription, inputSchema: schema(c) }],
  }),
  'cohere.v1_chat': (c) => ({ preamble: c.system, message: asked(c), chatHistory: [{ role: 'CHATBOT', message: c.toolResult }], conversationId: c.user }),
  'gemini.embed_content': (c) => ({ contents: [c.embedded, 'Berlin'] }),
  'cohere.embed': (c) => ({ texts: [c.embedded, 'Berlin'] }),
  'cohere.rerank': (c) => ({ query: asked(c), documents: [c.file, c.embedded] }),
  'ollama.chat': (c) => ({
    messages: [
      { role: 'system', content: c.system },
      { role: 'user', content: 'Look it up' },
      { role: 'assistant', content: '', tool_calls: [{ function: { name: c.toolName, arguments: { of: c.toolArguments } } }] },
      { role: 'tool', tool_name: c.toolName, content: c.toolResult },
      { role: 'user', content: asked(c), images: [c.image] },
    ],
    tools: [{ type: 'function', function: { name: c.toolName, description: c.toolDescription, parameters: schema(c) } }],
  }),
  'ollama.generate': (c) => ({ system: c.system, prompt: asked(c), images: [c.image], suffix: c.file }),
  'ollama.embed': (c) => ({ input: [c.embedded, 'Berlin'] }),
  'huggingface.task': (c) => ({ inputs: asked(c) }),
  'huggingface.feature_extraction': (c) => ({ inputs: c.embedded }),
  'replicate.predictions': (c) => ({ input: { prompt: asked(c), system_prompt: c.system, image: `data:image/png;base64,${c.image}` }, webhook: `https://example.com/${c.user}` }),
};

/** The members of a dialect's request that hold markers. */
export function membersOf(dialect: DialectId, canaries: Canaries): object {
  return MEMBERS[dialect](canaries);
}

/** Headers of every request. */
export function headersOf(c: Canaries): Readonly<Record<string, string>> {
  return { cookie: `session=${c.cookie}; theme=dark`, 'openai-organization': c.organisation, 'openai-project': c.project, 'x-gateway-authorization': c.gatewayHeader };
}
