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
