import { isTested } from '@outspan/sdk-boundary';
import { coverage, type Coverage, type CoveredSdk } from '../coverage.ts';
import { enabledInstrumentations } from '../instrumentations.ts';
import { isSupportedNode } from '../node-version.ts';
import { exportSettings, type ExportSetting, type Patience } from './export-settings.ts';
import { installed, type InstalledPackage } from './installed.ts';
import { rivalOf } from './rivals.ts';

/** An SDK that was found, and what will be known of its calls. */
export interface FoundSdk extends InstalledPackage {
  /** What is tested, `5.0.0 to below 8.0.0`. */
  readonly tested: string;
  readonly inTestedRange: boolean;
  /** `none`: they are not seen. */
  readonly boundary: Coverage | 'none';
  /** Why it is not what it could be. */
  readonly note?: string;
}

/** Another product that was found. */
export interface FoundRival extends InstalledPackage {
  readonly beside: string;
}

/** What was found. */
export interface Diagnosis {
  readonly folder: string;
  readonly node: { readonly version: string; readonly supported: boolean };
  readonly sdks: readonly FoundSdk[];
  readonly others: readonly FoundRival[];
  readonly exports: readonly ExportSetting[];
  readonly patience: Patience;
  /** What keeps telemetry from coming to be or from arriving. */
  readonly problems: readonly string[];
}

/** What to look at. */
export interface Examination {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Of Node.js. */
  readonly version: string;
  /** Whether backends are asked. */
  readonly asks: boolean;
}

/** The row of the version: the one that it is in, or else the one whose versions come before it; the oldest where none does. */
function rowOf({ version }: InstalledPackage, rows: readonly CoveredSdk[]): CoveredSdk | undefined {
  return rows.find(({ tested }) => isTested(version, tested)) ?? rows.find(({ tested }) => isTested(version, { from: tested.from, below: '999999.0.0' })) ?? rows.at(-1);
}

/** What sees requests, whoever makes them. */
const SEEING: readonly string[] = ['@outspan/instrumentation-undici', '@outspan/instrumentation-http'];

function found(one: InstalledPackage, rows: readonly CoveredSdk[], enabled: ReadonlySet<string>): FoundSdk[] {
  const row = rowOf(one, rows.filter(({ name }) => name === one.name));
  if (row === undefined) return [];
  const known = { ...one, tested: `${row.tested.from} to below ${row.tested.below}`, inTestedRange: isTested(one.version, row.tested) };
  const seesRequests = SEEING.some((name) => enabled.has(name));
  const off = row.instrumentation !== undefined && !enabled.has(row.instrumentation);
  if (off) return [{ ...known, boundary: seesRequests ? 'inferred' : 'none', note: `${row.instrumentation} is switched off` }];
  if (!seesRequests && row.by === 'inferred') return [{ ...known, boundary: 'none', note: `${SEEING.join(' and ')} are switched off` }];
  return [{ ...known, boundary: row.by, ...(!known.inTestedRange && { note: 'this version is not tested; its calls are traced all the same' }) }];
}

function problemsOf(diagnosis: Omit<Diagnosis, 'problems'>, complaints: readonly string[], environment: NodeJS.ProcessEnv): string[] {
  return [
    ...(diagnosis.node.supported ? [] : [`Node.js ${diagnosis.node.version} is too old: nothing is traced`]),
    ...(environment['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true' ? ['OTEL_SDK_DISABLED is true: nothing is traced'] : []),
    ...diagnosis.sdks.filter(({ boundary }) => boundary === 'none').map(({ name, version, note }) => `${name} ${version} is not covered: ${note}`),
    ...complaints,
    ...diagnosis.exports.filter(({ answers }) => answers === false).map(({ signal, url, reason }) => `${signal} do not arrive at ${url}: ${reason}`),
  ];
}

/** Looks at an application's folder and at the variables that its process would have. */
export async function examine({ folder, environment, version, asks }: Examination): Promise<Diagnosis> {
  const rows = coverage();
  const names = new Set(rows.map(({ name }) => name));
  const enabled = new Set<string>(enabledInstrumentations(environment));
  const packages = installed(folder, (name) => names.has(name) || rivalOf(name) !== undefined);
  const { settings, patience, complaints } = await exportSettings(environment, asks);
  const diagnosis = {
    folder,
    node: { version, supported: isSupportedNode(version) },
    sdks: packages.flatMap((one) => found(one, rows, enabled)),
    others: packages.flatMap((one) => {
      const rival = rivalOf(one.name);
      return rival === undefined ? [] : [{ ...one, beside: rival.beside }];
    }),
    exports: settings,
    patience,
  };
  return { ...diagnosis, problems: problemsOf(diagnosis, complaints, environment) };
}
