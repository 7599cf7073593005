import { contentFaults } from '../conventions/content-shapes.ts';
import { GIVEN_ATTRIBUTES } from '../conventions/given-attributes.ts';
import { OUTSPAN_ATTRIBUTES } from '../conventions/outspan-attributes.ts';
import { eventConvention, isDeprecated, spanConvention } from '../conventions/registry.ts';
import type { AttributeUse } from '../conventions/registry.ts';
import { isOperation } from '../telemetry.ts';
import type { EmittedEvent, EmittedSpan } from '../telemetry.ts';
import { isOfType } from './value.ts';

type Rule = (event: EmittedEvent, operation: EmittedSpan | undefined) => readonly string[];

/** What holds for every event; `operation` is the span that it was emitted in. */
export const EVENT_RULES: Readonly<Record<string, Rule>> = {
  missing_event: (event) => (eventConvention(event.name) === undefined ? [`no event of the conventions is called ${event.name}`] : []),

  severity: (event) => {
    const wanted = eventConvention(event.name)?.severity;
    return wanted === undefined || event.severity === wanted ? [] : [`has the severity ${event.severity}, not ${wanted}`];
  },

  in_operation: (_event, operation) => (operation === undefined || !isOperation(operation) ? ['was emitted outside of an operation'] : []),

  missing_attribute: (event, operation) =>
    Object.keys(event.attributes)
      .filter((name) => useOf(event, operation, name) === undefined && !GIVEN_ATTRIBUTES.has(name) && OUTSPAN_ATTRIBUTES.get(name)?.on.includes('operation') !== true)
      .map((name) => `has ${name}, which it does not have`),

  deprecated: (event) =>
    Object.keys(event.attributes)
      .filter(isDeprecated)
      .map((name) => `has ${name}, which is deprecated`),

  type_mismatch: (event, operation) =>
    Object.entries(event.attributes).flatMap(([name, value]) => {
      const type = useOf(event, operation, name)?.type ?? OUTSPAN_ATTRIBUTES.get(name)?.type ?? GIVEN_ATTRIBUTES.get(name);
      return type === undefined || isOfType(value, type, true) ? [] : [`${name} is no ${type}: ${JSON.stringify(value)}`];
    }),

  genai_expected_attribute_missing: (event) =>
    [...(eventConvention(event.name)?.attributes ?? [])]
      .filter(([name, { requirement }]) => requirement === 'required' && !(name in event.attributes))
      .map(([name]) => `lacks ${name}`),

  exception_named: (event) =>
    event.name === 'gen_ai.client.operation.exception' && !('exception.type' in event.attributes) && !('exception.message' in event.attributes)
      ? ['names neither the type nor the message of the exception']
      : [],

  genai_content_schema: (event) => Object.entries(event.attributes).flatMap(([name, value]) => contentFaults(name, value)),
};

/** Attributes of the operation's span may be copied to its exception event. */
function useOf(event: EmittedEvent, operation: EmittedSpan | undefined, name: string): AttributeUse | undefined {
  const own = eventConvention(event.name)?.attributes.get(name);
  return own ?? spanConvention(operation?.attributes['gen_ai.operation.name'], operation?.attributes['gen_ai.provider.name'], operation?.kind ?? 'client')?.attributes.get(name);
}
