/** The registry of `outspan.*` in `registry/`, read from Weaver's YAML (definition/2). It is the one declaration of these names outside of the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

const FOLDER = new URL('../../registry/', import.meta.url);

export type RegistryType = 'string' | 'string[]' | 'int' | 'double' | 'boolean';

export interface RegistryAttribute {
  readonly type: RegistryType;
  /** The closed set of values; absent where any may be. */
  readonly members?: readonly string[];
  /** The value is a list of `members`, separated by commas. */
  readonly list: boolean;
}

export interface RegistrySignal {
  /** What it may carry, and whether it always does. */
  readonly attributes: ReadonlyMap<string, 'required' | 'recommended'>;
}

export interface RegistryMetric extends RegistrySignal {
  readonly instrument: string;
  readonly unit: string;
  readonly brief: string;
}

/** What the registry declares. */
export interface Registry {
  readonly attributes: ReadonlyMap<string, RegistryAttribute>;
  /** By type: `outspan.operation`. They add to a span of the conventions where it is one of theirs. */
  readonly spans: ReadonlyMap<string, RegistrySignal>;
  readonly metrics: ReadonlyMap<string, RegistryMetric>;
  /** What is added to events of the conventions, by the event's name. */
  readonly events: ReadonlyMap<string, RegistrySignal>;
}

type Json = Readonly<Record<string, unknown>>;

/** The keys that this reader knows in each kind of entry. Others are errors, so that nothing in the YAML goes unread. */
const KEYS = {
  file: ['file_format', 'attributes', 'attribute_groups', 'spans', 'metrics', 'event_refinements'],
  attributes: ['key', 'stability', 'type', 'brief', 'annotations', 'examples'],
  attribute_groups: ['id', 'visibility', 'attributes'],
  spans: ['type', 'kind', 'name', 'stability', 'brief', 'attributes'],
  metrics: ['name', 'instrument', 'unit', 'stability', 'brief', 'attributes'],
  event_refinements: ['id', 'ref', 'brief', 'attributes'],
  reference: ['ref', 'requirement_level', 'ref_group'],
} as const;

function object(value: unknown, kind: keyof typeof KEYS): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError(`no object: ${JSON.stringify(value)}`);
  const known: readonly string[] = KEYS[kind];
  const strange = Object.keys(value).filter((key) => !known.includes(key));
  if (strange.length > 0) throw new TypeError(`${JSON.stringify(value)} has the unknown ${strange.join(', ')}`);
  return value as Json;
}

function list(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new TypeError(`no list: ${JSON.stringify(value)}`);
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new TypeError(`no text: ${JSON.stringify(value)}`);
  return value;
}

const TYPES: ReadonlySet<string> = new Set<RegistryType>(['string', 'string[]', 'int', 'double', 'boolean']);

function isType(value: unknown): value is RegistryType {
  return typeof value === 'string' && TYPES.has(value);
}

function readAttribute(given: Json): RegistryAttribute {
  const { type, annotations } = given;
  const list = JSON.stringify(annotations) === '{"outspan":{"list":true}}';
  if (annotations !== undefined && !list) throw new TypeError(`unknown annotations: ${JSON.stringify(annotations)}`);
  if (isType(type)) return { type, list };
  const members = typeof type === 'object' && type !== null && 'members' in type && Array.isArray(type.members) ? type.members : [];
  return { type: 'string', list, members: members.map((member: unknown) => text(typeof member === 'object' && member !== null && 'value' in member ? member.value : undefined)) };
}

type Reference = readonly [name: string, level: 'required' | 'recommended'];

function readReferences(value: unknown, groups: ReadonlyMap<string, readonly Reference[]>): Reference[] {
  return list(value).flatMap((one): readonly Reference[] => {
    const { ref, ref_group: group, requirement_level: level } = object(one, 'reference');
    if (group === undefined) return [[text(ref), level === 'required' ? 'required' : 'recommended']];
    const found = groups.get(text(group));
    if (found === undefined) throw new TypeError(`there is no attribute group ${text(group)}`);
    return found;
  });
}

/**
 * Reads every file of the registry but its manifest.
 *
 * @throws TypeError when an entry has a key that is not read, or refers to a group that is not there
 */
export function readRegistry(): Registry {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml') && name !== 'manifest.yaml')
    .map((name) => object(parse(readFileSync(new URL(name, FOLDER), 'utf8')), 'file'));
  const entries = (kind: Exclude<keyof typeof KEYS, 'file' | 'reference'>): Json[] => files.flatMap((file) => list(file[kind])).map((one) => object(one, kind));
  const groups = new Map(entries('attribute_groups').map(({ id, attributes }) => [text(id), readReferences(attributes, new Map())]));
  const signal = ({ attributes }: Json): RegistrySignal => ({ attributes: new Map(readReferences(attributes, groups)) });
  return {
    attributes: new Map(entries('attributes').map((one) => [text(one['key']), readAttribute(one)])),
    spans: new Map(entries('spans').map((one) => [text(one['type']), signal(one)])),
    metrics: new Map(entries('metrics').map((one) => [text(one['name']), { ...signal(one), instrument: text(one['instrument']), unit: text(one['unit']), brief: text(one['brief']) }])),
    events: new Map(entries('event_refinements').map((one) => [text(one['ref']), signal(one)])),
  };
}
