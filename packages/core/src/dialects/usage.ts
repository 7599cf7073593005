import type { Usage } from './dialect.ts';

/** Token counts as read, before it is known which of them say anything. */
export interface Counts {
  readonly input?: number | undefined;
  readonly output?: number | undefined;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly reasoning?: number | undefined;
  readonly inputByModality?: ByModality | undefined;
  readonly outputByModality?: ByModality | undefined;
}

/** Token counts by modality. */
export type ByModality = Readonly<Partial<Record<'text' | 'image' | 'audio', number | undefined>>>;

/**
 * Makes a usage of what was read: totals as they are, parts of them only where they are not zero, as the conventions want it.
 * @returns undefined when nothing was counted at all
 */
export function usageOf(counts: Counts): Usage | undefined {
  const { input, output, cacheRead, cacheWrite, reasoning } = counts;
  const inputByModality = nonZero(counts.inputByModality);
  const outputByModality = nonZero(counts.outputByModality);
  const usage: Usage = {
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(cacheRead !== undefined && cacheRead > 0 && { cacheRead }),
    ...(cacheWrite !== undefined && cacheWrite > 0 && { cacheWrite }),
    ...(reasoning !== undefined && reasoning > 0 && { reasoning }),
    ...(inputByModality !== undefined && { inputByModality }),
    ...(outputByModality !== undefined && { outputByModality }),
  };
  return Object.keys(usage).length > 0 ? usage : undefined;
}

function nonZero(counts: ByModality | undefined): Usage['inputByModality'] {
  if (counts === undefined) return undefined;
  const { text, image, audio } = counts;
  const kept = { ...(isSome(text) && { text }), ...(isSome(image) && { image }), ...(isSome(audio) && { audio }) };
  return Object.keys(kept).length > 0 ? kept : undefined;
}

function isSome(count: number | undefined): count is number {
  return count !== undefined && count > 0;
}

/** The sum of those that are known; undefined also where no double holds it exactly. */
export function sum(...counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  const total = known.reduce((so, count) => so + count, 0);
  return known.length > 0 && Number.isSafeInteger(total) ? total : undefined;
}
