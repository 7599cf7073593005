import { asCount, asList, asObject, isObject } from '../body/json-access.ts';
import type { Usage } from './dialect.ts';
import { type ByModality, sum, usageOf } from './usage.ts';

const MODALITIES: Readonly<Record<string, 'text' | 'image' | 'audio'>> = { TEXT: 'text', IMAGE: 'image', AUDIO: 'audio' };

/**
 * Reads Gemini's `usageMetadata`. Cached tokens are inside the prompt's; what the results of built-in tools took is beside it;
 * thoughts are beside the candidates' tokens and are output all the same.
 */
export function readGeminiUsage(value: unknown): Usage | undefined {
  const usage = asObject(value);
  if (usage === undefined) return undefined;
  const reasoning = asCount(usage['thoughtsTokenCount']);
  return usageOf({
    input: sum(asCount(usage['promptTokenCount']), asCount(usage['toolUsePromptTokenCount'])),
    output: sum(asCount(usage['candidatesTokenCount']) ?? asCount(usage['responseTokenCount']), reasoning),
    cacheRead: asCount(usage['cachedContentTokenCount']),
    reasoning,
    inputByModality: byModality([...asList(usage['promptTokensDetails']), ...asList(usage['toolUsePromptTokensDetails'])]),
    outputByModality: byModality(asList(usage['candidatesTokensDetails'])),
  });
}

function byModality(details: readonly unknown[]): ByModality {
  const counts: { -readonly [name in keyof ByModality]: ByModality[name] } = {};
  for (const detail of details) {
    if (!isObject(detail) || typeof detail['modality'] !== 'string') continue;
    const modality = Object.hasOwn(MODALITIES, detail['modality']) ? MODALITIES[detail['modality']] : undefined;
    if (modality !== undefined) counts[modality] = sum(counts[modality], asCount(detail['tokenCount']));
  }
  return counts;
}
