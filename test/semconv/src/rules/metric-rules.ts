import { OUTSPAN_ATTRIBUTES, OUTSPAN_METRICS } from '../conventions/outspan-attributes.ts';
import { closedEnum, isDeprecated, metricConvention } from '../conventions/registry.ts';
import type { AttributeUse } from '../conventions/registry.ts';
import type { Attributes, EmittedMetric, Value } from '../telemetry.ts';
import { isAmong, isOfType } from './value.ts';

/** Everything that is wrong with a metric, by the GenAI conventions or, of our own, by our registry. */
export function metricViolations(metric: EmittedMetric): string[] {
  const { name, unit, instrument, bounds, points } = metric;
  if (name.startsWith('outspan.')) return ownViolations(metric);
  const convention = metricConvention(name);
  if (convention === undefined) return [`${name} is not in the conventions`];
  return [
    ...(instrument === convention.instrument ? [] : [`${name} is a ${instrument}, not a ${convention.instrument}`]),
    ...(unit === convention.unit ? [] : [`${name} is in ${unit}, not in ${convention.unit}`]),
    ...(String(bounds) === String(convention.bounds) ? [] : [`${name} has the bounds ${String(bounds)}`]),
    ...points.flatMap((attributes) => pointViolations(attributes, convention.attributes).map((fault) => `${name} ${fault}`)),
  ];
}

function ownViolations({ name, unit, instrument, points }: EmittedMetric): string[] {
  const declared = OUTSPAN_METRICS.get(name);
  if (declared === undefined) return [`${name} is not in the registry`];
  return [
    ...(instrument === declared.instrument ? [] : [`${name} is a ${instrument}, not a ${declared.instrument}`]),
    ...(unit === declared.unit ? [] : [`${name} is in ${unit}, not in ${declared.unit}`]),
    ...points.flatMap((attributes) => [
      ...[...declared.attributes].filter(([attribute, level]) => level === 'required' && !(attribute in attributes)).map(([attribute]) => `${name} lacks ${attribute}`),
      ...Object.entries(attributes).flatMap(([attribute, value]) => (declared.attributes.has(attribute) ? ownValueFaults(attribute, value) : [`must not have ${attribute}`]).map((fault) => `${name} ${fault}`)),
    ]),
  ];
}

/** What is wrong with the value of an attribute of ours; nothing, if it is none. */
function ownValueFaults(attribute: string, value: Value): string[] {
  const own = OUTSPAN_ATTRIBUTES.get(attribute);
  if (own === undefined) return [];
  if (!isOfType(value, own.type, false)) return [`has ${attribute} of another type than ${own.type}`];
  return own.values === undefined || isAmong(value, own.values, own.list) ? [] : [`has ${attribute}=${JSON.stringify(value)}`];
}

function pointViolations(attributes: Attributes, uses: ReadonlyMap<string, AttributeUse>): string[] {
  const missing = [...uses].filter(([name, { requirement }]) => requirement === 'required' && !(name in attributes)).map(([name]) => `lacks ${name}`);
  const wrong = Object.entries(attributes).flatMap(([name, value]) => {
    const use = uses.get(name);
    // Our own attributes may stand beside theirs.
    if (use === undefined) return OUTSPAN_ATTRIBUTES.has(name) ? ownValueFaults(name, value) : [`must not have ${name}`];
    if (isDeprecated(name)) return [`has the deprecated ${name}`];
    const members = closedEnum(name);
    if (members !== undefined && !(typeof value === 'string' && members.includes(value))) return [`has ${name}=${JSON.stringify(value)}`];
    return isOfType(value, use.type, false) ? [] : [`has ${name} of another type than ${use.type}`];
  });
  const port = 'server.address' in attributes && !('server.port' in attributes) ? ['lacks server.port'] : [];
  return [...missing, ...wrong, ...port];
}
