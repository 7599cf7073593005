import type { InstalledPackage } from './installed.ts';
import type { Manifest } from './manifest.ts';
import type { ExaminedStart } from './starts.ts';
import type { ExportSettings } from '../export-settings.ts';
import type { ModuleFormat } from '../sources/code.ts';
import type { Coverage } from '../../coverage.ts';

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

/** Where the application starts an OpenTelemetry SDK of its own. */
export interface OwnSdk {
  /** From the folder. A preloaded package by its name. */
  readonly file: string;
  readonly format: ModuleFormat | undefined;
  /** `NodeSDK`, `registerOTel` */
  readonly by: string;
}

/** Everything that is read from a folder, once. Checks are functions of it. */
export interface FolderFacts {
  readonly folder: string;
  readonly node: { readonly version: string; readonly supported: boolean };
  /** Whether `OTEL_SDK_DISABLED` is set. */
  readonly disabled: boolean;
  readonly manifest: Manifest | undefined;
  /** `root`: of the workspace that the folder is a part of, or is the root of. */
  readonly workspace: { readonly root: string; readonly isRoot: boolean } | undefined;
  readonly installation: 'node_modules' | 'pnp' | 'none';
  /** Files that tell of another runtime. */
  readonly marks: { readonly bun: string | undefined; readonly deno: string | undefined };
  /** Packages of Outspan and OpenTelemetry that the application can load. */
  readonly packages: readonly InstalledPackage[];
  readonly sdks: readonly FoundSdk[];
  readonly others: readonly FoundRival[];
  readonly starts: readonly ExaminedStart[];
  /** SDKs that Next.js leaves out of its bundles, by its configuration. */
  readonly nextExternals: readonly string[];
  readonly ownSdks: readonly OwnSdk[];
  /** Undefined where the application's own SDK decides. */
  readonly exports: ExportSettings | undefined;
}
