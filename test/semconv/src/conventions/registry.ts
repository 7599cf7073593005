import data from '../../registry.json' with { type: 'json' };
import earlierData from '../../registry-2026-08.json' with { type: 'json' };

export type AttributeType = 'string' | 'int' | 'double' | 'boolean' | 'string[]' | 'any' | 'template[string]';
export type Requirement = 'required' | 'conditionally_required' | 'recommended' | 'opt_in';

/** An attribute as a span or an event has it. */
export interface AttributeUse {
  readonly type: AttributeType;
  readonly requirement: Requirement;
  /** When it applies; absent: always. */
  readonly condition?: string;
}

export interface SpanConvention {
  readonly kinds: readonly string[];
  readonly nameFormat: string;
  readonly operationNames: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeUse>;
}

export interface EventConvention {
  readonly severity: number | undefined;
  readonly attributes: ReadonlyMap<string, AttributeUse>;
}

export interface MetricConvention {
  readonly instrument: string;
  readonly unit: string;
  /** Recommended bucket bounds. */
  readonly bounds: readonly number[] | undefined;
  readonly attributes: ReadonlyMap<string, AttributeUse>;
}

interface AttributeDefinition {
  readonly members: readonly string[];
  readonly deprecated: boolean;
}

type Json = Readonly<Record<string, unknown>>;

/** Reads the data once; whatever is not shaped as expected is an error of the file, and said so. */
function object(value: unknown, where: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError(`registry: ${where} is no object`);
  return value as Json;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

const TYPES: ReadonlySet<string> = new Set<AttributeType>(['string', 'int', 'double', 'boolean', 'string[]', 'any', 'template[string]']);
const REQUIREMENTS: ReadonlySet<string> = new Set<Requirement>(['required', 'conditionally_required', 'recommended', 'opt_in']);

function isType(value: unknown): value is AttributeType {
  return typeof value === 'string' && TYPES.has(value);
}

function isRequirement(value: unknown): value is Requirement {
  return typeof value === 'string' && REQUIREMENTS.has(value);
}

function uses(value: unknown, where: string): Map<string, AttributeUse> {
  return new Map(
    Object.entries(object(value, where)).map(([name, given]): [string, AttributeUse] => {
      const { type, requirement, condition } = object(given, `${where}.${name}`);
      if (!isType(type) || !isRequirement(requirement)) throw new TypeError(`registry: ${where}.${name} has no known type and requirement`);
      return [name, { type, requirement, ...(typeof condition === 'string' && { condition }) }];
    }),
  );
}

const root = object(data, 'the file');
/** The generation before, whose names are recorded by default where backends read no other. */
const earlier = object(earlierData, 'the earlier file');
/** Of its attributes, those that are written to spans. */
const EARLIER_ON_SPANS: readonly string[] = ['gen_ai.usage.cache_creation.input_tokens'];

const EARLIER_USES = EARLIER_ON_SPANS.map((name): [string, AttributeUse] => {
  const { type } = object(object(earlier['attributes'], 'attributes')[name], name);
  if (!isType(type)) throw new TypeError(`registry: ${name} has no known type`);
  return [name, { type, requirement: 'opt_in' }];
});

const SPANS: ReadonlyMap<string, SpanConvention> = new Map(
  Object.entries(object(root['spans'], 'spans')).map(([id, given]): [string, SpanConvention] => {
    const span = object(given, id);
    const kinds = texts(span['allowed_kinds']);
    return [
      id,
      {
        kinds: kinds.length > 0 ? kinds : texts([span['kind']]),
        nameFormat: String(span['name_format']),
        operationNames: texts(span['operation_names']),
        attributes: new Map([...EARLIER_USES, ...uses(span['attributes'], id)]),
      },
    ];
  }),
);

/** What a provider's own conventions add to a span, by `gen_ai.provider.name` and the span that they refine. */
const REFINEMENTS: readonly { readonly provider: unknown; readonly refines: unknown; readonly overrides: ReadonlyMap<string, AttributeUse> }[] = Object.entries(
  object(root['span_refinements'], 'span_refinements'),
).map(([id, given]) => {
  const refinement = object(given, id);
  return { provider: refinement['provider_name'], refines: refinement['refines'], overrides: uses(refinement['overrides'], id) };
});

const EVENTS: ReadonlyMap<string, EventConvention> = new Map(
  Object.entries(object(root['events'], 'events')).map(([name, given]): [string, EventConvention] => {
    const event = object(given, name);
    const number = event['severity'] === undefined ? undefined : object(event['severity'], name)['number'];
    return [name, { severity: typeof number === 'number' ? number : undefined, attributes: uses(event['attributes'], name) }];
  }),
);

/** What a provider's own conventions add to metrics of any generation, by the metric's name. */
const METRIC_ADDITIONS: ReadonlyMap<string, ReadonlyMap<string, AttributeUse>> = new Map(
  [earlier, root].flatMap((generation) =>
    Object.entries(object(generation['metric_refinements'], 'metric_refinements')).map(([id, given]): [string, ReadonlyMap<string, AttributeUse>] => {
      const { refines, adds } = object(given, id);
      return [String(refines), uses(adds, id)];
    }),
  ),
);

// What both have is as the newest says, which comes last.
const METRICS: ReadonlyMap<string, MetricConvention> = new Map(
  [...Object.entries(object(earlier['metrics'], 'metrics')), ...Object.entries(object(root['metrics'], 'metrics'))].map(([name, given]): [string, MetricConvention] => {
    const { instrument, unit, buckets, attributes } = object(given, name);
    return [name, { instrument: String(instrument), unit: String(unit), bounds: Array.isArray(buckets) ? buckets.map(Number) : undefined, attributes: new Map([...uses(attributes, name), ...(METRIC_ADDITIONS.get(name) ?? [])]) }];
  }),
);

const ATTRIBUTES: ReadonlyMap<string, AttributeDefinition> = new Map(
  Object.entries(object(root['attributes'], 'attributes')).map(([name, given]): [string, AttributeDefinition] => {
    const { enum_members: members, deprecated } = object(given, name);
    return [name, { members: texts(members), deprecated: deprecated !== false && deprecated !== undefined }];
  }),
);

/** The convention of the span of an operation, with its provider's refinement; undefined where the operation is unknown. */
export function spanConvention(operation: unknown, provider: unknown, kind: string): SpanConvention | undefined {
  if (typeof operation !== 'string') return undefined;
  for (const [id, span] of SPANS) {
    if (!span.operationNames.includes(operation)) continue;
    // An agent has another span where it runs elsewhere.
    if (!span.kinds.includes(kind) && [...SPANS.values()].some((other) => other.operationNames.includes(operation) && other.kinds.includes(kind))) continue;
    const refinement = REFINEMENTS.find(({ provider: refined, refines }) => refined === provider && refines === id);
    return refinement === undefined ? span : { ...span, attributes: new Map([...span.attributes, ...refinement.overrides]) };
  }
  return undefined;
}

export function eventConvention(name: string): EventConvention | undefined {
  return EVENTS.get(name);
}

export function metricConvention(name: string): MetricConvention | undefined {
  return METRICS.get(name);
}

/** Attributes whose enum is only what the conventions know so far: they say that other values may be used. */
const OPEN_ENUMS: ReadonlySet<string> = new Set(['error.type', 'gen_ai.provider.name', 'openai.request.service_tier']);

/** The only values that an attribute may have; undefined where any may be. */
export function closedEnum(attribute: string): readonly string[] | undefined {
  const members = ATTRIBUTES.get(attribute)?.members ?? [];
  return members.length === 0 || OPEN_ENUMS.has(attribute) ? undefined : members;
}

/** Whether the newest conventions deprecate an attribute that is not recorded for the sake of today's backends. */
export function isDeprecated(attribute: string): boolean {
  if (attribute === 'gen_ai.token.type' || EARLIER_ON_SPANS.includes(attribute)) return false;
  return ATTRIBUTES.get(attribute)?.deprecated === true;
}
