import { asText } from '../body/json-access.ts';

const BYTES_PER_NUMBER = 4;

/** Numbers in a vector: of a list its length; base64 holds 32-bit floats. */
export function dimensionsOf(embedding: unknown): number | undefined {
  if (Array.isArray(embedding)) return embedding.length > 0 ? embedding.length : undefined;
  const text = asText(embedding);
  if (text === undefined) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return Math.floor(((text.length * 3) / 4 - padding) / BYTES_PER_NUMBER);
}
