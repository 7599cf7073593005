import { readFileSync } from 'node:fs';
// The default alone: bundles often have a `createRequire` of their own on top.
import module from 'node:module';
import { dirname, join } from 'node:path';

/** Releases of `@opentelemetry/sdk-node` that can be started, `0.x`: SDK 2 from 0.203 on, and SDK 3. */
export const SDK_RELEASES = { from: 203, below: 400 } as const;
/** Since this one, SDK 2 has the packages and the constructors of SDK 3. */
const LIKE_SDK_3 = 220;

/** The OpenTelemetry SDK that is there to be started. */
export interface FoundSdk {
  /** Of `@opentelemetry/sdk-node`. */
  readonly version: string;
  /** Its folder. */
  readonly folder: string;
  /** Whether constructors of processors take one object. */
  readonly likeSdk3: boolean;
  /** Loads a package as the SDK itself does, so that there is one copy of it. Throws where there is none. */
  load(name: string): unknown;
}

/** Places to look from: the application's first, so that an SDK which it has is not doubled. */
function places(): string[] {
  const [, script] = process.argv;
  return [...(script === undefined ? [] : [dirname(script)]), process.cwd()].map((folder) => join(folder, 'application.js'));
}

function parsed(file: string): Readonly<Record<string, unknown>> {
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return typeof manifest === 'object' && manifest !== null ? { ...manifest } : {};
}

/** The package.json of the package that a file is in. */
function manifestAbove(file: string, name: string): { readonly folder: string; readonly version: string } | undefined {
  for (let folder = dirname(file); dirname(folder) !== folder; folder = dirname(folder)) {
    try {
      const manifest = parsed(join(folder, 'package.json'));
      if (manifest['name'] === name && typeof manifest['version'] === 'string') return { folder, version: manifest['version'] };
    } catch {
      // Not here.
    }
  }
  return undefined;
}

function minorOf(version: string): number {
  const [major, minor] = version.split('.', 2).map(Number);
  return major === 0 ? (minor ?? 0) : 0;
}

function sdkSeenFrom(resolve: NodeJS.Require): FoundSdk | undefined {
  try {
    const entry = resolve.resolve('@opentelemetry/sdk-node');
    const manifest = manifestAbove(entry, '@opentelemetry/sdk-node');
    if (manifest === undefined) return undefined;
    return { ...manifest, likeSdk3: minorOf(manifest.version) >= LIKE_SDK_3, load: (name) => loadBeside(entry, name) };
  } catch {
    return undefined;
  }
}

/** Older releases of SDK 2 have some packages only by way of this one. */
const BY_WAY_OF = '@opentelemetry/sdk-trace-node';

function loadBeside(entry: string, name: string): unknown {
  const beside = module.createRequire(entry);
  try {
    beside.resolve(name);
  } catch {
    return module.createRequire(beside.resolve(BY_WAY_OF))(name);
  }
  return beside(name);
}

function isSupported({ version }: FoundSdk): boolean {
  const minor = minorOf(version);
  return minor >= SDK_RELEASES.from && minor < SDK_RELEASES.below;
}

/** Where this package is; in a bundle there is no such place. */
function ownPlace(): string[] {
  try {
    return [import.meta.url];
  } catch {
    return [];
  }
}

/**
 * The SDK to start: the application's, if it has one that can be started, else the one that this package brings along.
 *
 * @returns undefined where none is installed, as beside a bundle
 */
export function findSdk(): FoundSdk | undefined {
  return [...places(), ...ownPlace()].map((place) => sdkSeenFrom(module.createRequire(place))).find((sdk) => sdk !== undefined && isSupported(sdk));
}

/** The version of `@opentelemetry/api` that an SDK uses. */
export function apiVersionOf(sdk: FoundSdk): string | undefined {
  try {
    return manifestAbove(module.createRequire(join(sdk.folder, 'package.json')).resolve('@opentelemetry/api'), '@opentelemetry/api')?.version;
  } catch {
    return undefined;
  }
}
