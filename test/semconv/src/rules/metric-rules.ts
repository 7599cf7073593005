import { closedEnum, isDeprecated, metricConvention } from '../conventions/registry.ts';
import type { AttributeUse } from '../conventions/registry.ts';
import type { Attributes, EmittedMetric } from '../telemetry.ts';
import { isOfType } from './value.ts';

/** Everything that is wrong with a metric of the GenAI conventions, and with an own one that takes a name of theirs. */
export function metricViolations(metric: EmittedMetric): string[] {
  const { name, unit, instrument, bounds, points } = metric;
  if (name.startsWith('outspan.')) return [];
  const convention = metricConvention(name);
  if (convention === undefined) return [`${name} is not in the conventions`];
  return [
    ...(instrument === convention.instrument ? [] : [`${name} is a ${instrument}, not a ${convention.instrument}`]),
    ...(unit === convention.unit ? [] : [`${name} is in ${unit}, not in ${convention.unit}`]),
    ...(String(bounds) === String(convention.bounds) ? [] : [`${name} has the bounds ${String(bounds)}`]),
    ...points.flatMap((attributes) => pointViolations(attributes, convention.attributes).map((fault) => `${name} ${fault}`)),
  ];
}

function pointViolations(attributes: Attributes, uses: ReadonlyMap<string, AttributeUse>): string[] {
  const missing = [...uses].filter(([name, { requirement }]) => requirement === 'required' && !(name in attributes)).map(([name]) => `lacks ${name}`);
  const wrong = Object.entries(attributes).flatMap(([name, value]) => {
    const use = uses.get(name);
    // Our own attributes may stand beside theirs.
    if (use === undefined) return name.startsWith('outspan.') ? [] : [`must not have ${name}`];
    if (isDeprecated(name)) return [`has the deprecated ${name}`];
    const members = closedEnum(name);
    if (members !== undefined && !(typeof value === 'string' && members.includes(value))) return [`has ${name}=${JSON.stringify(value)}`];
    return isOfType(value, use.type, false) ? [] : [`has ${name} of another type than ${use.type}`];
  });
  const port = 'server.address' in attributes && !('server.port' in attributes) ? ['lacks server.port'] : [];
  return [...missing, ...wrong, ...port];
}
