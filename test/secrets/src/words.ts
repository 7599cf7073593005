import type { Words } from '@outspan/fault-provider';
import type { Canaries, Place } from './canaries.ts';

/** Heads that a careless or hostile server answers with: the key in headers that telemetry reads. */
const HEADS: readonly ((key: string, c: Canaries) => Readonly<Record<string, string>>)[] = [
  () => ({}),
  (key) => ({ 'x-request-id': key, 'request-id': key, 'apim-request-id': key }),
  (key, c) => ({ 'x-request-id': `Bearer ${key}`, 'request-id': c.toolParameter.slice(0, 14) + ' ' + c.toolParameter, 'cf-ray': `${key}-AMS`, 'x-served-by': key, 'retry-after-ms': key }),
  (key, c) => ({
    'openai-organization': c.organisation,
    'x-ratelimit-limit-requests': key,
    'x-ratelimit-reset-tokens': key,
    'openai-processing-ms': key,
    'x-amz-cf-pop': key,
    'server-timing': `gfet4t7; dur=1, key;desc="${key}"`,
    ratelimit: `"${key}";r=50;t=5`,
  }),
];

/** What the answers of a cell say. @param turn which of the hostile heads */
export function wordsOf(c: Canaries, keyPlace: Place, turn: number): Words {
  const key = c[keyPlace];
  return {
    text: `${c.answer} The key is ${c.answeredKey}.`,
    toolArguments: JSON.stringify({ of: c.answerArguments, with: c.answeredKey }),
    echo: `You sent "${key}" with the key ${key}: ${c.prompt}`,
    headers: { 'set-cookie': `session=${c.setCookie}; HttpOnly`, server: `gateway ${c.serverHeader}`, ...HEADS[turn % HEADS.length]?.(key, c) },
  };
}
