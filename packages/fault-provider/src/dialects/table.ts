import type { DialectId } from '@outspan/core';
import { anthropicMessages } from './anthropic-messages.ts';
import { geminiGenerateContent } from './gemini-generate-content.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiEmbeddings } from './openai-embeddings.ts';
import { openaiImages, openaiModerations, openaiSpeech, openaiTranscriptions } from './openai-media.ts';
import { openaiResponses } from './openai-responses.ts';
import type { WireDialect } from './wire-dialect.ts';

const DIALECTS: Readonly<Record<DialectId, WireDialect>> = {
  'openai.chat': openaiChat,
  'openai.responses': openaiResponses,
  'openai.embeddings': openaiEmbeddings,
  'openai.images': openaiImages,
  'openai.transcriptions': openaiTranscriptions,
  'openai.speech': openaiSpeech,
  'openai.moderations': openaiModerations,
  'anthropic.messages': anthropicMessages,
  'gemini.generate_content': geminiGenerateContent,
};

/** How the dialect is spoken. */
export function wireDialect(id: DialectId): WireDialect {
  return DIALECTS[id];
}
