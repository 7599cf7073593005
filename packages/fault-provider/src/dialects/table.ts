import type { DialectId } from '@outspan/core';
import { aiGatewayLanguageModel } from './ai-gateway.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import { bedrockInvokeModel } from './bedrock-invoke-model.ts';
import { cohereChat } from './cohere-chat.ts';
import { cohereEmbed, cohereRerank } from './cohere-documents.ts';
import { cohereV1Chat } from './cohere-v1-chat.ts';
import { geminiEmbedContent } from './gemini-embed-content.ts';
import { geminiGenerateContent } from './gemini-generate-content.ts';
import { huggingfaceFeatureExtraction, huggingfaceTask } from './huggingface.ts';
import { ollamaChat, ollamaEmbed, ollamaGenerate } from './ollama.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiEmbeddings } from './openai-embeddings.ts';
import { openaiImages, openaiModerations, openaiSpeech, openaiTranscriptions } from './openai-media.ts';
import { openaiResponses } from './openai-responses.ts';
import { replicatePredictions } from './replicate.ts';
import type { WireDialect } from './wire-dialect.ts';

const DIALECTS: Readonly<Record<DialectId, WireDialect | ((model: string) => WireDialect)>> = {
  'openai.chat': openaiChat,
  'openai.responses': openaiResponses,
  'openai.embeddings': openaiEmbeddings,
  'openai.images': openaiImages,
  'openai.transcriptions': openaiTranscriptions,
  'openai.speech': openaiSpeech,
  'openai.moderations': openaiModerations,
  'anthropic.messages': anthropicMessages,
  'gemini.generate_content': geminiGenerateContent,
  'gemini.embed_content': geminiEmbedContent,
  'aws.bedrock.converse': bedrockConverse,
  'aws.bedrock.invoke_model': bedrockInvokeModel,
  'cohere.chat': cohereChat,
  'cohere.v1_chat': cohereV1Chat,
  'cohere.embed': cohereEmbed,
  'cohere.rerank': cohereRerank,
  'ollama.chat': ollamaChat,
  'ollama.generate': ollamaGenerate,
  'ollama.embed': ollamaEmbed,
  'ai_gateway.language_model': aiGatewayLanguageModel,
  'replicate.predictions': replicatePredictions,
  'huggingface.task': huggingfaceTask,
  'huggingface.feature_extraction': huggingfaceFeatureExtraction,
};

/** How the dialect is spoken, by this model where they differ. */
export function wireDialect(id: DialectId, model: string): WireDialect {
  const dialect = DIALECTS[id];
  return typeof dialect === 'function' ? dialect(model) : dialect;
}
