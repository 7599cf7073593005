import type { InstanceType, Schema } from '@cfworker/json-schema';
import { asList, isObject, type JsonObject } from '../body/json-access.ts';

/** A check read more of its schema than it may. */
export class StepsExceeded extends Error {}

/** Keywords and members of a schema that one check may read, some fifty for each value of the answer. The longest check takes about 20 ms. */
const MOST_READS = 500_000;

/** Deeper schemas allow anything. */
const MOST_DEPTH = 64;

/**
 * Keywords that are checked, by what they hold. The others are left out, so that no check can take long: `pattern`, `patternProperties` and `format`
 * run regular expressions, and `uniqueItems` compares each item with each.
 */
const PLAIN: readonly string[] = ['$ref', 'const', 'enum', 'required', 'dependentRequired', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'minItems', 'maxItems', 'minContains', 'maxContains', 'minProperties', 'maxProperties'];
const SINGLE: readonly string[] = ['items', 'contains', 'additionalProperties', 'propertyNames', 'not', 'if', 'then', 'else'];
const LISTS: readonly string[] = ['prefixItems', 'allOf', 'anyOf', 'oneOf'];
const MAPS: readonly string[] = ['$defs', 'definitions', 'properties', 'dependentSchemas'];

/**
 * A copy of a JSON Schema that can be checked against without harm: reading more of it than a budget throws {@link StepsExceeded}. The budget is
 * renewed for each check by {@link renew}. OpenAPI's `nullable`, Gemini's upper-case types and the older drafts' tuples become what JSON Schema has.
 */
export function countedSchema(schema: JsonObject): { readonly schema: Schema; readonly renew: () => void } {
  let reads = 0;
  const counted = <Part extends object>(part: Part): Part =>
    new Proxy<Part>(part, {
      get(target, name, receiver): unknown {
        if (++reads > MOST_READS) throw new StepsExceeded();
        return Reflect.get(target, name, receiver);
      },
    });
  const copied = (source: unknown, depth: number): Schema | boolean => {
    if (typeof source === 'boolean') return source;
    if (!isObject(source) || depth > MOST_DEPTH) return true;
    const inner = (value: unknown): Schema | boolean => copied(value, depth + 1);
    const copy: Schema = {};
    for (const name of PLAIN) if (source[name] !== undefined) copy[name] = source[name];
    for (const name of SINGLE) if (source[name] !== undefined) copy[name] = inner(source[name]);
    for (const name of LISTS) if (Array.isArray(source[name])) copy[name] = counted(source[name].map(inner));
    for (const name of MAPS) if (isObject(source[name])) copy[name] = counted(Object.fromEntries(Object.entries(source[name]).map(([key, value]) => [key, inner(value)])));
    const type = typeOf(source);
    if (type !== undefined) copy['type'] = [...type];
    const values = source['enum'];
    if (Array.isArray(values)) copy['enum'] = counted(source['nullable'] === true ? [...asList(values), null] : values);
    // A tuple of the older drafts.
    if (Array.isArray(source['items'])) {
      copy.prefixItems = counted(source['items'].map(inner));
      copy.items = inner(source['additionalItems']);
    }
    // What a pattern of names allows is not additional.
    if (source['patternProperties'] !== undefined) delete copy.additionalProperties;
    return counted(copy);
  };
  const copy = copied(schema, 0);
  return { schema: typeof copy === 'boolean' ? {} : copy, renew: () => void (reads = 0) };
}

const TYPES: readonly InstanceType[] = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];

/** The types in JSON Schema's words; undefined where any will do, or a word is not known. */
function typeOf({ nullable, type }: JsonObject): readonly InstanceType[] | undefined {
  const given = asList(Array.isArray(type) ? type : [type]);
  const types = given.flatMap((one) => TYPES.find((known) => typeof one === 'string' && known === one.toLowerCase()) ?? []);
  if (types.length < given.length) return undefined;
  return nullable === true ? [...types, 'null'] : types;
}
