import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { enabledInstrumentations } from '../../instrumentations.ts';
import { isSupportedNode } from '../../node-version.ts';
import { exportSettings, type ExportSettings } from '../export-settings.ts';
import { rivalOf } from '../rivals.ts';
import { boundaryOf, knownSdk, knownSdks } from '../sdks.ts';
import { packageIn } from '../sources/code.ts';
import { sourcesOf, type SourceFile } from '../sources/files.ts';
import type { FolderFacts, FoundSdk, OwnSdk } from './facts.ts';
import { installed, type InstalledPackage } from './installed.ts';
import { isWorkspaceRoot, manifestIn, workspaceAround, type Manifest } from './manifest.ts';
import { installedByPnp, readPnp } from './pnp.ts';
import { reachable, type Reachable } from './reachable.ts';
import { examineStarts, marksOf, type ExaminedStart } from './starts.ts';

/** What to look at. */
export interface Examination {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Of Node.js. */
  readonly version: string;
  /** Whether backends are asked. */
  readonly asks: boolean;
}

/** Packages of Outspan and OpenTelemetry that matter. */
export const OURS_AND_OPENTELEMETRY: RegExp = /^@outspan\/|^@opentelemetry\/(?:api|sdk-node|sdk-trace|sdk-trace-base|sdk-trace-node|sdk-metrics|sdk-logs|instrumentation|auto-instrumentations-node)$/;

function isInteresting(name: string): boolean {
  return knownSdks().has(name) || rivalOf(name) !== undefined || OURS_AND_OPENTELEMETRY.test(name);
}

/** The packages that sources and commands name. */
function namedPackages(sources: readonly SourceFile[], starts: readonly ExaminedStart[]): string[] {
  const modules = [...sources.flatMap(({ code }) => code.imports.map(({ of }) => of)), ...starts.flatMap(({ preloads }) => preloads.map(({ of }) => of))];
  return [...new Set(modules.flatMap((of) => packageIn(of) ?? []))];
}

function packagesOf(folder: string, manifest: Manifest | undefined, named: readonly string[]): Reachable {
  const map = readPnp(folder);
  if (map !== undefined) {
    const packages = installedByPnp(map, folder);
    return { packages, linked: packages.flatMap(({ folders }) => folders.filter((place) => !place.includes('node_modules')).map((place) => resolve(folder, place))) };
  }
  if (manifest === undefined) return { packages: installed(folder, isInteresting), linked: [] };
  // Only the development packages that may act while the application runs.
  const fromDevelopment = Object.keys(manifest.devDependencies).filter(isInteresting);
  return reachable(folder, [...fromDevelopment, ...named]);
}

function isInstalled(folder: string): boolean {
  return existsSync(join(folder, 'node_modules')) || (dirname(folder) !== folder && isInstalled(dirname(folder)));
}

/** Preloaded packages that start an SDK. */
const STARTING: readonly RegExp[] = [/^@opentelemetry\/auto-instrumentations-node\/register$/, /^@elastic\/opentelemetry-node(?:\/|$)/, /^@splunk\/otel(?:\/|$)/, /^@azure\/monitor-opentelemetry(?:\/|$)/];

function ownSdksIn(folder: string, sources: readonly SourceFile[], starts: readonly ExaminedStart[]): OwnSdk[] {
  const started = sources.flatMap(({ path, format, code }): OwnSdk[] => (code.startsSdk === undefined ? [] : [{ file: relative(folder, path), format, by: code.startsSdk }]));
  const preloaded = starts.flatMap(({ preloads }) => preloads.filter(({ of }) => STARTING.some((pattern) => pattern.test(of))).map(({ of }): OwnSdk => ({ file: of, format: undefined, by: of })));
  return [...new Map([...started, ...preloaded].map((sdk) => [sdk.file, sdk])).values()];
}

/** The SDKs that are only used inside bundles, each with its bundle. */
function bundles(starts: readonly ExaminedStart[], folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { reached } of starts) for (const { path, bundles: names } of reached) for (const name of names) found.set(name, relative(folder, path));
  for (const { reached } of starts) for (const { code } of reached) for (const { of } of code.imports) found.delete(packageIn(of) ?? '');
  return found;
}

function foundSdk(one: InstalledPackage, enabled: ReadonlySet<string>, bundled: ReadonlyMap<string, string>): FoundSdk[] {
  const known = knownSdk(one.name, one.version);
  if (known === undefined) return [];
  const { tested, inTestedRange } = known;
  const expected = boundaryOf(known, enabled);
  const bundle = bundled.get(one.name);
  const inBundle = bundle !== undefined && known.hookedBy !== undefined && expected.boundary === 'sdk';
  return [{ ...one, tested, inTestedRange, ...expected, ...(inBundle && { boundary: 'inferred', note: `it is bundled into ${bundle}` }) }];
}

function workspaceOf(folder: string): FolderFacts['workspace'] {
  if (isWorkspaceRoot(folder)) return { root: folder, isRoot: true };
  const root = workspaceAround(folder);
  return root === undefined ? undefined : { root, isRoot: false };
}

/** The variables that the application would run with: those of its first start, over those of this process. */
function variablesOf(starts: readonly ExaminedStart[], environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const start = starts.find(({ outspan }) => outspan.state === 'yes') ?? starts[0];
  return { ...start?.variables, ...environment, ...start?.command.environment };
}

/** Whether variables alone decide where telemetry goes. They do not if the application starts its own SDK. */
function followsVariables(starts: readonly ExaminedStart[], ownSdks: readonly OwnSdk[]): boolean {
  const entries = new Set(starts.flatMap(({ outspan }) => (outspan.state === 'yes' ? [outspan.entry] : [])));
  if (entries.has('register') || entries.has('start')) return ownSdks.length === 0;
  return ownSdks.length === 0 && entries.size === 0;
}

/** The SDKs that a configuration of Next.js names, if it has `serverExternalPackages`. It is code, and is not run. */
function nextExternals(sources: readonly SourceFile[], folder: string): string[] {
  const config = sources.find(({ path }) => /^next\.config\.[cm]?[jt]s$/.test(relative(folder, path)));
  if (config === undefined) return [];
  const text = readFileSync(config.path, 'utf8');
  return text.includes('serverExternalPackages') ? [...knownSdks()].filter((name) => text.includes(`'${name}'`) || text.includes(`"${name}"`)) : [];
}

async function exportsOf(variables: NodeJS.ProcessEnv, asks: boolean): Promise<ExportSettings> {
  // Exporters read some of them from here.
  Object.assign(process.env, variables);
  return exportSettings(variables, asks);
}

/** Looks at an application's folder and at the variables that its process would have. */
export async function gatherFolder({ folder, environment, version, asks }: Examination): Promise<FolderFacts> {
  const manifest = manifestIn(folder);
  const starts = examineStarts(folder, manifest, environment);
  const isProject = manifest !== undefined;
  const sources = isProject ? [...new Map([...sourcesOf(folder), ...starts.flatMap(({ reached }) => reached)].map((file) => [file.path, file])).values()] : [];
  const found = packagesOf(folder, manifest, namedPackages(sources, starts));
  const packages = found.packages.filter(({ name }) => isInteresting(name));
  const ofRepository = found.linked.filter((place) => manifestIn(place)?.name?.startsWith('@outspan/') !== true).flatMap(sourcesOf);
  const enabled = new Set<string>(enabledInstrumentations(environment));
  const bundled = bundles(starts, folder);
  const ownSdks = ownSdksIn(folder, [...sources, ...ofRepository], starts);
  const variables = variablesOf(starts, environment);
  return {
    folder,
    node: { version, supported: isSupportedNode(version) },
    disabled: variables['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true',
    manifest,
    workspace: workspaceOf(folder),
    installation: readPnp(folder) !== undefined ? 'pnp' : isInstalled(resolve(folder)) ? 'node_modules' : 'none',
    marks: marksOf(folder),
    packages: packages.filter(({ name }) => OURS_AND_OPENTELEMETRY.test(name)),
    sdks: packages.flatMap((one) => foundSdk(one, enabled, bundled)),
    others: packages.flatMap((one) => {
      const rival = rivalOf(one.name);
      return rival === undefined ? [] : [{ ...one, beside: rival.beside }];
    }),
    starts,
    nextExternals: nextExternals(sources, folder),
    ownSdks,
    exports: followsVariables(starts, ownSdks) ? await exportsOf(variables, asks) : undefined,
  };
}
