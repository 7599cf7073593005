import type { Tokens } from '../wire/said.ts';

/**
 * How the provider says that its answer ended. `malformed_tool` and `prompt_blocked` are words of Gemini's only,
 * `failed` of the responses API's.
 */
export type Finish = 'stop' | 'length' | 'filter' | 'tool' | 'malformed_tool' | 'prompt_blocked' | 'failed';

/**
 * How a dialect spells a finish.
 * @throws RangeError when it has no word for it
 */
export function spelt(words: Readonly<Partial<Record<Finish, string>>>, finish: Finish): string {
  const word = words[finish];
  if (word === undefined) throw new RangeError(`this dialect cannot say '${finish}'`);
  return word;
}

/** An answer before it is put into a dialect. */
export interface Answer {
  /** The text, in the pieces in which a stream brings it. */
  readonly text: readonly string[];
  /** A call of a tool; `json` are its arguments as sent, whole or not. */
  readonly toolCall?: { readonly json: string };
  readonly finish: Finish;
}

/** What every healthy answer counts. Anthropic and Gemini spell the same numbers differently. */
export const TOKENS: Required<Tokens> = { input: 21, output: 12, cacheRead: 8, reasoning: 4 };
/** What an embedding counts. */
export const EMBEDDING_TOKENS: Tokens = { input: 9 };

/** Two- and four-byte characters are in it, so that a split can fall inside one. */
const TEXT = ['Paris', ' is', ' the', ' capital', ' of', ' France', ' — voilà', ' 🗼.'];

/** The text of a healthy answer in `count` pieces. */
export function textPieces(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => TEXT[i % TEXT.length] ?? '');
}

/** The text of a healthy answer to a request for structured output, in `count` pieces. */
export function jsonPieces(count: number): readonly string[] {
  const size = Math.ceil(WHOLE_ARGUMENTS.length / count);
  return Array.from({ length: count }, (_, i) => WHOLE_ARGUMENTS.slice(i * size, (i + 1) * size));
}

/** Whether a piece of text is one of {@link textPieces}. */
export function isStockText(piece: string): boolean {
  return TEXT.includes(piece);
}

/** The tool that is called when none was offered. */
export const DEFAULT_TOOL = 'get_weather';
/** The arguments of a healthy tool call, and the half of them that ends inside a string. */
export const WHOLE_ARGUMENTS = '{"city":"Paris","unit":"celsius"}';
/** A proper prefix of {@link WHOLE_ARGUMENTS}. */
export const HALF_ARGUMENTS = '{"city":"Par';

/** The pieces in which arguments are streamed. */
export function argumentPieces(json: string): readonly string[] {
  return json.match(/.{1,6}/gsu) ?? [];
}
