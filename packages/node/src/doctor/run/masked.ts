import type { Destination } from '../../last-export/destination.ts';

/** Shorter values may stand anywhere by chance. */
const SHORTEST = 6;
const HEADERS = /^OTEL_EXPORTER_OTLP_(?:\w+_)?HEADERS$/;
const KEYS = /(?:API_?KEY|TOKEN|SECRET|PASSWORD)$/i;

/** `Bearer sk-…`: the key alone may be repeated. */
function parts(value: string): string[] {
  return [value, ...value.split(/\s+/)];
}

/** The values of `key=value` pairs. */
function valuesOf(pairs: string): string[] {
  return pairs.split(',').map((pair) => pair.slice(pair.indexOf('=') + 1).trim());
}

/** What must not be repeated: values of headers, and of variables that hold keys. */
export function secretsOf(destinations: readonly Destination[], environment: NodeJS.ProcessEnv): readonly string[] {
  const headers = destinations.flatMap(({ headers: all }) => Object.entries(all).filter(([name]) => !/^(?:content-type|user-agent)$/i.test(name)).map(([, value]) => value));
  const variables = Object.entries(environment).flatMap(([name, value = '']) => (HEADERS.test(name) ? valuesOf(value) : KEYS.test(name) ? [value] : []));
  const found = [...headers, ...variables].flatMap(parts).filter((value) => value.length >= SHORTEST);
  return [...new Set(found)].toSorted((one, other) => other.length - one.length);
}

function maskedText(text: string, secrets: readonly string[]): string {
  const hidden = secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  // A password in a URL, and what a query may hold.
  return hidden.replaceAll(/(\w+:\/\/)[^\s/@]+@/g, '$1***@').replaceAll(/([?&][\w-]*(?:key|token|secret|sig)[\w-]*=)[^\s&"']+/gi, '$1***');
}

/** A value with every text in it masked. */
export function masked<T>(value: T, secrets: readonly string[]): T {
  const mask = (part: unknown): unknown => {
    if (typeof part === 'string') return maskedText(part, secrets);
    if (Array.isArray(part)) return part.map(mask);
    return typeof part === 'object' && part !== null ? Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, mask(inner)])) : part;
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of the same shape
  return mask(value) as T;
}
