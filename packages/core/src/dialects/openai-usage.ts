import { asCount, asObject } from '../body/json-access.ts';
import type { Usage } from './dialect.ts';
import { sum, usageOf } from './usage.ts';

/**
 * Reads OpenAI's usage object, of chat (`prompt_tokens`) and responses (`input_tokens`) alike, with the spellings of the compatible
 * providers. Cached tokens are inside the input, reasoning inside the output.
 */
export function readOpenaiUsage(value: unknown): Usage | undefined {
  const usage = asObject(value);
  if (usage === undefined) return undefined;
  const inputDetails = asObject(usage['prompt_tokens_details']) ?? asObject(usage['input_tokens_details']) ?? asObject(usage['input_token_details']);
  const outputDetails = asObject(usage['completion_tokens_details']) ?? asObject(usage['output_tokens_details']) ?? asObject(usage['output_token_details']);
  const input = asCount(usage['prompt_tokens']) ?? asCount(usage['input_tokens']);
  const output = asCount(usage['completion_tokens']) ?? asCount(usage['output_tokens']);
  const reasoning = asCount(outputDetails?.['reasoning_tokens']) ?? asCount(usage['reasoning_tokens']);
  return usageOf({
    input,
    // xAI counts reasoning beside the completion; its total shows that.
    output: isReasoningApart(input, output, reasoning, asCount(usage['total_tokens'])) ? sum(output, reasoning) : output,
    // DeepSeek · Moonshot
    cacheRead: asCount(inputDetails?.['cached_tokens']) ?? asCount(usage['prompt_cache_hit_tokens']) ?? asCount(usage['cached_tokens']),
    // OpenRouter
    cacheWrite: asCount(inputDetails?.['cache_write_tokens']),
    reasoning,
    inputByModality: inputDetails && { text: asCount(inputDetails?.['text_tokens']), image: asCount(inputDetails?.['image_tokens']), audio: asCount(inputDetails?.['audio_tokens']) },
    outputByModality: outputDetails && { text: asCount(outputDetails?.['text_tokens']), image: asCount(outputDetails?.['image_tokens']), audio: asCount(outputDetails?.['audio_tokens']) },
  });
}

function isReasoningApart(input: number | undefined, output: number | undefined, reasoning: number | undefined, total: number | undefined): boolean {
  return reasoning !== undefined && reasoning > 0 && total !== undefined && total === sum(input, output, reasoning);
}
