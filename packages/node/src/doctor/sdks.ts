import { isTested } from '@outspan/sdk-boundary';
import { coverage, type Coverage, type CoveredSdk } from '../coverage.ts';
import { sdkCoverage } from '../instrumentations.ts';

let made: { readonly rows: readonly CoveredSdk[]; readonly hooked: ReturnType<typeof sdkCoverage> } | undefined;

/** Every row, made once: each instrumentation has to be asked. */
function tables(): NonNullable<typeof made> {
  made ??= { rows: coverage(), hooked: sdkCoverage() };
  return made;
}

/** The names of every SDK that is known. */
export function knownSdks(): ReadonlySet<string> {
  return new Set(tables().rows.map(({ name }) => name));
}

/** The row of a version: the one that it is in, or else the one whose versions come before it; the oldest where none does. */
export function rowOf(name: string, version: string): CoveredSdk | undefined {
  const rows = tables().rows.filter((row) => row.name === name);
  return rows.find(({ tested }) => isTested(version, tested)) ?? rows.find(({ tested }) => isTested(version, { from: tested.from, below: '999999.0.0' })) ?? rows.at(-1);
}

/** What is known of a version of an SDK. */
export interface KnownSdk {
  readonly row: CoveredSdk;
  /** `5.0.0 to below 8.0.0` */
  readonly tested: string;
  readonly inTestedRange: boolean;
  /** The instrumentation that hooks its files; absent where none has to. */
  readonly hookedBy: string | undefined;
}

/** What is known of a version of an SDK; undefined of what is no SDK. */
export function knownSdk(name: string, version: string): KnownSdk | undefined {
  const row = rowOf(name, version);
  if (row === undefined) return undefined;
  return {
    row,
    tested: `${row.tested.from} to below ${row.tested.below}`,
    inTestedRange: isTested(version, row.tested),
    hookedBy: tables().hooked.find((covered) => covered.name === name)?.instrumentation,
  };
}

/** What sees requests, whoever makes them. */
const SEEING: readonly string[] = ['@outspan/instrumentation-undici', '@outspan/instrumentation-http'];

/** How the calls of an SDK are known with these instrumentations on, and why it is not what it could be. */
export function boundaryOf({ row, inTestedRange }: KnownSdk, enabled: ReadonlySet<string>): { readonly boundary: Coverage | 'none'; readonly note?: string } {
  const seesRequests = SEEING.some((name) => enabled.has(name));
  if (row.instrumentation !== undefined && !enabled.has(row.instrumentation)) return { boundary: seesRequests ? 'inferred' : 'none', note: `${row.instrumentation} is switched off` };
  if (!seesRequests && row.by === 'inferred') return { boundary: 'none', note: `${SEEING.join(' and ')} are switched off` };
  return { boundary: row.by, ...(!inTestedRange && { note: 'this version is not tested; its calls are traced all the same' }) };
}
