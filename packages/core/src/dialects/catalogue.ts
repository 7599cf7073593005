import { anthropicMessages } from './anthropic-messages.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import { bedrockInvokeModel } from './bedrock-invoke-model.ts';
import type { Dialect } from './dialect.ts';
import { geminiGenerateContent } from './gemini-generate-content.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiEmbeddings } from './openai-embeddings.ts';
import { openaiImages, openaiModerations, openaiSpeech, openaiTranscriptions } from './openai-media.ts';
import { openaiResponses } from './openai-responses.ts';

/** Every dialect that is spoken here. Their paths do not overlap. */
export const DIALECTS: readonly Dialect[] = [openaiChat, openaiResponses, anthropicMessages, geminiGenerateContent, openaiEmbeddings, openaiImages, openaiTranscriptions, openaiSpeech, openaiModerations, bedrockConverse, bedrockInvokeModel];

/**
 * The dialect of a request, by its path alone, so that any host and any gateway's prefix will do.
 *
 * @param path without query; a trailing slash does not matter
 * @returns undefined when the request is no LLM call
 */
export function dialectFor(method: string, path: string): Dialect | undefined {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  const trimmed = path.slice(0, end);
  return DIALECTS.find((dialect) => dialect.matches(method, trimmed));
}
