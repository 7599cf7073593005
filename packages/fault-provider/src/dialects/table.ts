import type { DialectId } from '@outspan/core';
import { openaiChat } from './openai-chat.ts';
import type { WireDialect } from './wire-dialect.ts';

const DIALECTS: Readonly<Record<DialectId, WireDialect>> = {
  'openai.chat': openaiChat,
  'openai.responses': openaiChat,
  'openai.embeddings': openaiChat,
  'anthropic.messages': openaiChat,
  'gemini.generate_content': openaiChat,
};

/** How the dialect is spoken. */
export function wireDialect(id: DialectId): WireDialect {
  return DIALECTS[id];
}
