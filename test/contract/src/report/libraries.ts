import { DRIVERS } from '../drivers/catalogue.ts';
import type { Driver } from '../drivers/driver.ts';
import { versionOf } from '../runner/places.ts';

/** A library whose calls are proven, with every way of calling it. */
export interface ProvenLibrary {
  readonly library: Driver['library'];
  /** Its name for a page. */
  readonly title: string;
  readonly drivers: readonly Driver[];
  /** What is loaded for it, each with its versions, oldest first; none for what comes with Node. */
  readonly packages: readonly { readonly name: string; readonly versions: readonly string[] }[];
}

/** Every library that a driver calls, in the drivers' order. */
export const LIBRARIES: readonly ProvenLibrary[] = [...Map.groupBy(DRIVERS, ({ library }) => library)].map(([library, drivers]) => ({
  library,
  title: library === 'fetch' ? 'fetch of Node' : library,
  drivers,
  packages: packagesOf(library, [...new Set(drivers.flatMap(({ modules }) => modules))]),
}));

/** The library itself, where it is among what its drivers load; else all of that, for a library that comes in parts. */
function packagesOf(library: string, modules: readonly string[]): ProvenLibrary['packages'] {
  const byName = Map.groupBy(modules, (module) => module.replace(/-\d+$/, ''));
  const own = byName.get(library);
  const named = own === undefined ? [...byName] : [[library, own] as const];
  return named.map(([name, copies]) => ({ name, versions: copies.map(versionOf).sort(byVersion) }));
}

/** What a driver's id says: `openai 6 chat.completions.create` is a call of version 6, `anthropic 0.60 …` one of minor 60. Without a number it is the newest. */
export function partsOf({ id }: Pick<Driver, 'id'>): { readonly version: number; readonly call: string } {
  const { version, call = id } = /^\S+(?: (?:0\.)?(?<version>\d+))? (?<call>.+)$/.exec(id)?.groups ?? {};
  return { version: version === undefined ? Infinity : Number(version), call };
}

function byVersion(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
