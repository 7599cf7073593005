import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { AlertsSection, BudgetStageEntry, LinksSection, MaintenanceEntry, ModelFile, ReceiversSection, SloEntry } from './file.ts';
import { type Path, shown } from './finding.ts';
import { didYouMean } from './near-miss.ts';
import { MODEL_SCHEMA } from './schema.ts';

/** What does not fit the schema, and where. */
export interface Misfit {
  readonly path: Path;
  readonly part: 'key' | 'value';
  readonly message: string;
}

const ajv = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true, strictTypes: false });
const whole: ValidateFunction<ModelFile> = ajv.compile<ModelFile>(MODEL_SCHEMA);

const part = (name: string): { $ref: string } => ({ $ref: `${String(MODEL_SCHEMA['$id'])}#/$defs/${name}` });

/** Guards for the parts of a file, so that one part can be read while another is wrong. */
export const isSloEntry: ValidateFunction<SloEntry> = ajv.compile<SloEntry>(part('slo'));
export const isAlertsSection: ValidateFunction<AlertsSection> = ajv.compile<AlertsSection>(part('alerts'));
export const isMaintenance: ValidateFunction<MaintenanceEntry> = ajv.compile<MaintenanceEntry>(part('maintenance'));
export const isBudgetStage: ValidateFunction<BudgetStageEntry> = ajv.compile<BudgetStageEntry>(part('budget_stage'));
export const isLinksSection: ValidateFunction<LinksSection> = ajv.compile<LinksSection>(part('links'));
export const isReceiversSection: ValidateFunction<ReceiversSection> = ajv.compile<ReceiversSection>(part('receivers'));

/**
 * A copy of a value without the keys that do not fit, so that what is beside them can be looked at. Nothing is taken out of a list: indexes stay.
 * A whole that does not fit stays as it is.
 */
export function withoutMisfits(value: unknown, wrong: readonly Misfit[]): unknown {
  const copy: unknown = structuredClone(value);
  for (const { path } of wrong) {
    const owner = path.slice(0, path[0] === 'slos' ? 2 : 1);
    const holder: unknown = owner.reduce<unknown>((holder, step) => Object(holder)[step], copy);
    const [from, key] = isMap(holder) ? [holder, path[owner.length]] : [copy, path[0] === 'slos' ? undefined : path[0]];
    if (isMap(from) && key !== undefined) Reflect.deleteProperty(from, key);
  }
  return copy;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** More than anybody reads. */
const MOST = 200;

/** Everything about a value that does not fit the schema. */
export function misfits(value: unknown): readonly Misfit[] {
  if (whole(value)) return [];
  return (whole.errors ?? []).slice(0, MOST).flatMap((error) => misfit(error, value));
}

function misfit(error: ErrorObject, root: unknown): Misfit[] {
  const path = pathOf(error.instancePath, root);
  // A wrong key of a map is reported by the schema of its names; that the map has a wrong key says nothing more.
  if (error.keyword === 'propertyNames') return [];
  if (error.propertyName !== undefined) return [{ path: [...path, error.propertyName], part: 'key', message: valueMisfit(error, error.propertyName) }];
  const params: Readonly<Record<string, unknown>> = error.params;
  if (error.keyword === 'additionalProperties') {
    const key = String(params['additionalProperty']);
    const known = Object.keys(Object(error.parentSchema?.['properties']));
    return [{ path: [...path, key], part: 'key', message: `unknown key ${shown(key)}${didYouMean(key, known) || `; there is ${known.join(', ')}`}` }];
  }
  if (error.keyword === 'required') return [{ path, part: 'value', message: `'${String(params['missingProperty'])}' is missing` }];
  return [{ path, part: 'value', message: valueMisfit(error, error.data) }];
}

function valueMisfit({ keyword, params, parentSchema }: ErrorObject, value: unknown): string {
  const title = String(parentSchema?.['title'] ?? 'what belongs here');
  const limit = String(Object(params)['limit']);
  const meant = keyword === 'enum' && typeof value === 'string' ? didYouMean(value, enumOf(parentSchema)) : '';
  if (meant !== '') return `there is no ${shown(value)} here${meant}`;
  if (keyword === 'minItems') return 'this list is empty; leave the key out or list something';
  if (keyword === 'maxItems' || keyword === 'maxProperties') return `there are more than ${limit} entries`;
  if (value === null) return `there is no value; leave the key out or give ${title}`;
  return `${shown(value)} is not ${title}`;
}

function enumOf(schema: unknown): readonly string[] {
  const values: unknown = Object(schema)['enum'];
  return Array.isArray(values) ? values.map(String) : [];
}

/** A JSON pointer as a path; what is an index is told by the value it goes through. */
function pathOf(pointer: string, root: unknown): Path {
  const path: (string | number)[] = [];
  let value: unknown = root;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(value) ? Number(key) : key);
    value = Object(value)[key];
  }
  return path;
}
