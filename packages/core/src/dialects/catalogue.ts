import { aiGatewayLanguageModel } from './ai-gateway.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import { bedrockInvokeModel } from './bedrock-invoke-model.ts';
import { cohereChat } from './cohere-chat.ts';
import { cohereEmbed } from './cohere-embed.ts';
import { cohereV1Chat } from './cohere-v1-chat.ts';
import type { Dialect } from './dialect.ts';
import { geminiEmbedContent } from './gemini-embed-content.ts';
import { geminiGenerateContent } from './gemini-generate-content.ts';
import { huggingfaceFeatureExtraction, huggingfaceTask } from './huggingface.ts';
import { ollamaChat, ollamaGenerate } from './ollama.ts';
import { ollamaEmbed } from './ollama-embed.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiEmbeddings } from './openai-embeddings.ts';
import { openaiImages, openaiModerations, openaiSpeech, openaiTranscriptions } from './openai-media.ts';
import { openaiResponses } from './openai-responses.ts';
import { replicatePredictions } from './replicate.ts';
import { rerank } from './rerank.ts';
import { withoutTrailingSlashes } from './url-segment.ts';

/** Every dialect that is spoken here. Their paths do not overlap, but for those of a dialect that is {@link Dialect.spokenBy} one provider alone. */
export const DIALECTS: readonly Dialect[] = [
  openaiChat, openaiResponses, anthropicMessages, geminiGenerateContent, geminiEmbedContent, bedrockConverse, bedrockInvokeModel,
  cohereChat, cohereV1Chat, cohereEmbed, rerank,
  ollamaChat, ollamaGenerate, ollamaEmbed,
  aiGatewayLanguageModel,
  replicatePredictions, huggingfaceTask, huggingfaceFeatureExtraction,
  openaiEmbeddings, openaiImages, openaiTranscriptions, openaiSpeech, openaiModerations,
];

/**
 * The dialect of a request, by its path alone wherever nobody else has such a path, so that any host and any gateway's prefix will do.
 *
 * @param path without query; a trailing slash does not matter
 * @param provider whom the request is known to go to; asked only where the path does not tell
 * @returns undefined when the request is no LLM call
 */
export function dialectFor(method: string, path: string, provider?: () => string | undefined): Dialect | undefined {
  const trimmed = withoutTrailingSlashes(path);
  return DIALECTS.find((dialect) => dialect.matches(method, trimmed) && (dialect.spokenBy === undefined || dialect.spokenBy === provider?.()));
}
