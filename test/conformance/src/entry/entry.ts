/** Our entry for OpenTelemetry's conformance suite, as its `conformance.yaml` files declare it. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const ENTRY: string = fileURLToPath(new URL('../../entry/', import.meta.url));

/** One program of one library. */
export interface Program {
  readonly library: string;
  /** The class of the suite: `inference`, `streaming` … */
  readonly scenario: string;
  /** Where its command runs. */
  readonly folder: string;
  readonly run: readonly string[];
  /** With `${MOCK_SERVER_URL}` in it. */
  readonly env: Readonly<Record<string, string>>;
}

type Json = Readonly<Record<string, unknown>>;

function object(value: unknown, where: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError(`${where} is no object`);
  return value as Json;
}

/** The folders of libraries in the entry. */
export const LIBRARIES: readonly string[] = readdirSync(ENTRY, { withFileTypes: true })
  .filter((one) => one.isDirectory() && one.name !== 'node_modules')
  .map(({ name }) => name);

/** What `conformance.yaml` of a library declares. */
export function declarationOf(library: string): Json {
  return object(parse(readFileSync(`${ENTRY}${library}/outspan/conformance.yaml`, 'utf8')), library);
}

/** The programs of every library. */
export const PROGRAMS: readonly Program[] = LIBRARIES.flatMap((library) => {
  const { env, scenarios } = declarationOf(library);
  const variables = Object.fromEntries(Object.entries(object(env, `${library}: env`)).map(([name, value]) => [name, String(value)]));
  return Object.entries(object(scenarios, `${library}: scenarios`)).map(([scenario, given]) => ({
    library,
    scenario,
    folder: `${ENTRY}${library}/outspan`,
    run: String(object(given, scenario)['run']).split(' '),
    env: variables,
  }));
});
