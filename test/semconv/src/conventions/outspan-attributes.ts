import { readRegistry } from '@outspan/test-conformance/registry';
import type { RegistryMetric } from '@outspan/test-conformance/registry';
import type { AttributeType } from './registry.ts';

type Place = 'operation' | 'attempt' | 'step';

/** An attribute of ours: only for what the conventions have no name for. */
export interface OutspanAttribute {
  readonly type: AttributeType;
  readonly on: readonly Place[];
  readonly values?: readonly string[];
  /** The value is a list of `values`, separated by commas. */
  readonly list: boolean;
  /** Present on every such span. */
  readonly always: boolean;
}

const PLACES: readonly Place[] = ['operation', 'attempt', 'step'];
const { attributes, spans, metrics } = readRegistry();

/** Every `outspan.*` attribute there is: what `test/conformance/registry` declares. Users' alerts are written against its closed vocabularies. */
export const OUTSPAN_ATTRIBUTES: ReadonlyMap<string, OutspanAttribute> = new Map(
  [...attributes].map(([name, { type, members, list }]): [string, OutspanAttribute] => {
    const levels = PLACES.map((place) => spans.get(`outspan.${place}`)?.attributes.get(name));
    return [name, { type, list, ...(members && { values: members }), on: PLACES.filter((_, index) => levels[index] !== undefined), always: levels.includes('required') }];
  }),
);

/** Every `outspan.*` metric there is. */
export const OUTSPAN_METRICS: ReadonlyMap<string, RegistryMetric> = metrics;
