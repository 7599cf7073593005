import type { Attributes } from '@opentelemetry/api';
import { isObject, type JsonObject } from '../body/json-access.ts';

/** The attributes of a span of OpenTelemetry's SDK or of Sentry's, which the API does not give out; undefined of any other. */
export function attributesOf(span: object): JsonObject | undefined {
  const attributes: unknown = 'attributes' in span ? span.attributes : '_attributes' in span ? span._attributes : undefined;
  return isObject(attributes) ? attributes : undefined;
}

/** One of its attributes. */
export function attributeOf(span: object, name: string): unknown {
  return attributesOf(span)?.[name];
}

/** Those of `attributes` that such a span has not. */
export function withoutAttributesOf(span: object, attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => attributeOf(span, name) === undefined));
}

/** Takes attributes off such a span, for which the API has no way. */
export function removeAttributes(span: object, names: Iterable<string>): void {
  const attributes = attributesOf(span);
  if (attributes !== undefined) for (const name of names) Reflect.deleteProperty(attributes, name);
}

/** The events of such a span. */
export function eventsOf(span: object): readonly JsonObject[] {
  const events: unknown = 'events' in span ? span.events : undefined;
  return Array.isArray(events) ? events.filter(isObject) : [];
}
