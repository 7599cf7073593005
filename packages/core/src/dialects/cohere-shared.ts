import type { JsonValue } from '../body/json.ts';
import { asCount, asList, asObject, asText, isObject, type JsonObject } from '../body/json-access.ts';
import * as names from './attribute-names.ts';
import type { JsonPromise, Usage } from './dialect.ts';
import { promiseOf } from './output-text.ts';
import type { Parameters, ParameterRow } from './request-parameters.ts';
import { readParameters } from './request-parameters.ts';
import { usageOf } from './usage.ts';

/** What both of Cohere's chat APIs call alike: members of requests, counts and ends. The SDK spells in camel case what the wire has in snake case. */

const PARAMETERS: readonly ParameterRow[] = [
  { from: 'max_tokens', to: names.REQUEST_MAX_TOKENS, as: 'integer' },
  { from: 'temperature', to: names.REQUEST_TEMPERATURE, as: 'number' },
  { from: 'p', to: names.REQUEST_TOP_P, as: 'number' },
  { from: 'k', to: names.REQUEST_TOP_K, as: 'integer' },
  { from: 'frequency_penalty', to: names.REQUEST_FREQUENCY_PENALTY, as: 'number' },
  { from: 'presence_penalty', to: names.REQUEST_PRESENCE_PENALTY, as: 'number' },
  { from: 'stop_sequences', to: names.REQUEST_STOP_SEQUENCES, as: 'texts' },
  { from: 'seed', to: names.REQUEST_SEED, as: 'integer' },
];
const SPELLINGS: readonly ParameterRow[] = bothSpellings(PARAMETERS);

/** The members of a chat request that are read. */
export const COHERE_CHAT_MEMBERS: readonly string[] = [...PARAMETERS.map((row) => row.from), 'model', 'stream', 'tools', 'response_format'];

/** A member by its name on the wire, or by the SDK's. */
export function member(object: JsonObject | undefined, name: string): unknown {
  return object?.[name] ?? object?.[camelCase(name)];
}

/** Rows of the wire, and of the SDK's parameters. */
export function bothSpellings(rows: readonly ParameterRow[]): readonly ParameterRow[] {
  return rows.flatMap((row) => [{ ...row, from: camelCase(row.from) }, row]);
}

/** The attributes of a chat request. */
export function readCohereParameters(members: JsonObject): Parameters {
  const type = asText(asObject(member(members, 'response_format'))?.['type']);
  return { ...readParameters(members, SPELLINGS), ...(type !== undefined && { [names.OUTPUT_TYPE]: type.startsWith('json') ? 'json' : type }) };
}

/** What the response format promises of the answer's text. */
export function readCoherePromise(members: JsonObject): { readonly promised?: JsonPromise } {
  const promised = promiseOf(asObject(member(members, 'response_format'))?.['type']);
  return promised === undefined ? {} : { promised };
}

/** The finish reason that claims a whole text; a stop sequence of the caller's cuts it. */
export const COHERE_WHOLE = 'COMPLETE';

/** Reads `usage`, or the `meta` of other answers. What is billed goes before what was counted, as the conventions want it. */
export function readCohereUsage(value: unknown): Usage | undefined {
  const usage = asObject(value);
  const billed = asObject(member(usage, 'billed_units'));
  const counted = asObject(usage?.['tokens']);
  const tokens = (name: string): number | undefined => asCount(member(billed, name)) ?? asCount(member(counted, name));
  const input = tokens('input_tokens');
  const cached = asCount(member(usage, 'cached_tokens'));
  return usageOf({
    input,
    output: tokens('output_tokens'),
    // A part of what was counted; of what is billed it need not be one.
    cacheRead: cached !== undefined && cached <= (input ?? 0) ? cached : undefined,
  });
}

const TOKEN_LIMITS: ReadonlySet<string> = new Set(['MAX_TOKENS', 'ERROR_LIMIT']);
const FILTERS: ReadonlySet<string> = new Set(['ERROR_TOXIC']);

const CANCELLED = 'USER_CANCEL';

/** What a finish reason says. */
export function readCohereFinish(reason: string | undefined): { readonly finishReasons: readonly string[]; readonly tokenLimited: boolean; readonly filtered: boolean; readonly cancelled?: boolean } {
  return reason === undefined
    ? { finishReasons: [], tokenLimited: false, filtered: false }
    : { finishReasons: [reason], tokenLimited: TOKEN_LIMITS.has(reason), filtered: FILTERS.has(reason), ...(reason === CANCELLED && { cancelled: true }) };
}

/** Texts as parts, of a content that is one text or a list of typed pieces. */
export function textParts(content: unknown): JsonValue[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', content }];
  return asList(content).filter(isObject).map((part) => {
    if (part['type'] === 'text') return { type: 'text', content: asText(part['text']) ?? '' };
    if (part['type'] === 'thinking') return { type: 'reasoning', content: asText(part['thinking']) ?? '' };
    return { type: 'generic', generic_type: asText(part['type']) ?? 'unknown' };
  });
}

function camelCase(name: string): string {
  return name.replaceAll(/_[a-z]/g, (pair) => pair.slice(1).toUpperCase());
}
