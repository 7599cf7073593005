import type { OutputUnit } from '@cfworker/json-schema';
import { asList, asObject, asText, isObject, type JsonObject, parseJson } from '../body/json-access.ts';
import type { AnswerFacts, RequestContent } from '../dialects/dialect.ts';
import { announce } from '../guard.ts';
import { countedSchema, StepsExceeded } from './counted-schema.ts';

/** The schemas that a request carries: those of its tools, by name, and that of the output. */
export interface RequestSchemas {
  readonly tools: ReadonlyMap<string, JsonObject>;
  readonly output: JsonObject | undefined;
}

/** Violations that are told of one answer. */
const MOST_VIOLATIONS = 10;

type Validator = typeof import('@cfworker/json-schema');
let validator: Validator | undefined;
let loading: Promise<void> | undefined;

/** Loads the validator, once. Until it is there, and where it cannot be loaded, answers are not checked. */
export function loadValidator(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  try {
    validator = await import('@cfworker/json-schema');
  } catch {
    announce('schema-validator', 'The JSON Schema validator could not be loaded. Answers are not checked against schemas.');
  }
}

/** Takes the schemas from a request's content. Returns undefined where it has none. */
export function schemasOf({ outputSchema, toolDefinitions = [] }: RequestContent): RequestSchemas | undefined {
  const tools = new Map<string, JsonObject>();
  for (const definition of toolDefinitions) {
    const name = asText(asObject(definition)?.['name']);
    const parameters = asObject(asObject(definition)?.['parameters']);
    if (name !== undefined && parameters !== undefined) tools.set(name, parameters);
  }
  return tools.size === 0 && outputSchema === undefined ? undefined : { tools, output: outputSchema };
}

/**
 * Checks a whole answer against the schemas of its request. Text and arguments that do not parse as JSON are none of its business.
 *
 * @returns the answer with what it violates: its tool calls and its promise are judged by that
 */
export function checkAnswer(answer: AnswerFacts, schemas: RequestSchemas | undefined): AnswerFacts {
  if (schemas === undefined || validator === undefined || !answer.terminal || answer.tokenLimited || answer.filtered || answer.error !== undefined) return answer;
  const messages = asList(answer.messages).filter(isObject);
  const calls = messages.flatMap((message) => partsOf(message, 'tool_call'));
  const violations = new Set<string>();
  const toolCalls = answer.toolCalls.map((call, index) => {
    const part = calls[index];
    const schema = call.name === undefined ? undefined : schemas.tools.get(call.name);
    const value = part?.['arguments'] ?? {};
    // Arguments that were too long to be kept are text.
    if (schema === undefined || call.arguments !== 'valid' || part?.['name'] !== call.name || typeof value === 'string') return call;
    const found = violationsOf(value, schema);
    for (const path of found) violations.add(`${call.name}${path}`);
    return found.length === 0 ? call : { ...call, arguments: 'invalid' as const };
  });
  const { output } = schemas;
  const broken = output !== undefined && messages.filter((message) => breaks(message, output, violations)).length > 0;
  if (violations.size === 0) return answer;
  return { ...answer, toolCalls, ...(broken && { brokenPromise: true as const }), violations: [...violations].slice(0, MOST_VIOLATIONS) };
}

function partsOf(message: JsonObject, type: string): readonly JsonObject[] {
  return asList(message['parts']).filter(isObject).filter((part) => part['type'] === type);
}

/** Whether the text of a message is JSON that violates the schema. Of several parts of text one that keeps it is enough, as clients parse each. */
function breaks(message: JsonObject, schema: JsonObject, violations: Set<string>): boolean {
  const texts = partsOf(message, 'text').map((part) => asText(part['content']) ?? '');
  const found = [...new Set([...texts, texts.join('')])].flatMap((text) => {
    const parsed = parseJson(text);
    return parsed === undefined ? [] : [violationsOf(parsed.value, schema)];
  });
  if (found.length === 0 || found.some((paths) => paths.length === 0)) return false;
  for (const path of found[0] ?? []) violations.add(`output${path}`);
  return true;
}

/** Where in the schema a value violates it, as JSON pointers; none where it keeps the schema or cannot be checked. */
function violationsOf(value: unknown, schema: JsonObject): readonly string[] {
  if (validator === undefined) return [];
  try {
    const { renew, schema: copy } = countedSchema(schema);
    const prepared = new validator.Validator(copy, '2020-12', false);
    renew();
    const { valid, errors } = prepared.validate(value);
    return valid ? [] : pathsOf(errors);
  } catch (error) {
    const why = error instanceof StepsExceeded ? 'checking takes too many steps' : 'it is none, or refers to what is not in it';
    announce(`schema-check:${why}`, `A request's JSON Schema cannot be used: ${why}. Answers to such requests are not checked against it.`);
    return [];
  }
}

/** The places in the schema, which are the request's own words. Neither names nor values of the answer are in them. */
function pathsOf(errors: readonly OutputUnit[]): readonly string[] {
  // An error encloses those within it, and the validator tells the place of `false` by the answer's names.
  const places = errors.filter(({ keyword }) => keyword !== 'false');
  const innermost = places.filter(({ keywordLocation }) => !places.some((other) => other.keywordLocation.startsWith(`${keywordLocation}/`)));
  return innermost.map(({ error, keyword, keywordLocation }) => {
    const missing = keyword === 'required' ? /"(.*)"\.$/s.exec(error)?.[1] : undefined;
    return missing === undefined ? keywordLocation : `${keywordLocation}/${missing}`;
  });
}
