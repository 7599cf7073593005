import type { Coverage } from '../coverage.ts';
import type { ExportSetting } from './ask.ts';
import type { Patience } from './export-settings.ts';
import type { Finding } from './finding.ts';
import type { FoundRival, FoundSdk, OwnSdk } from './folder/facts.ts';
import type { InstalledPackage } from './folder/installed.ts';
import type { OutspanEntry } from './sources/code.ts';
import type { Calls, Format, Registry } from './probe/record.ts';

/** A finding as a report has it, in the list of its severity. */
export type ReportedFinding = Omit<Finding, 'severity'>;

/** What every report of the doctor holds. */
export interface Findings {
  /** What keeps calls from being recorded, or telemetry from arriving. Any: the exit code is 1. */
  readonly problems: readonly ReportedFinding[];
  /** What could not be seen from here. */
  readonly unknown: readonly ReportedFinding[];
  /** What is worth knowing. */
  readonly notes: readonly ReportedFinding[];
}

/** A command that starts the application. */
export interface ReportedStart {
  /** `package.json`, `Dockerfile`, `Procfile` */
  readonly file: string;
  /** `scripts.start`, `CMD`, `web` */
  readonly name: string;
  readonly line: string;
  /** `Node.js`, `Bun`, …; `unknown` where the program is not known. */
  readonly runtime: string;
  /** How it brings Outspan in; `none`: it does not; `unknown`: that is not seen from here. */
  readonly outspan: OutspanEntry | 'none' | 'unknown';
}

/** What `npx @outspan/node doctor --json` prints. Later versions add to it. */
export interface FolderReport extends Findings {
  readonly schema: 'outspan.doctor.folder/1';
  /** The version of `@outspan/node` that made it. */
  readonly version: string;
  readonly folder: string;
  readonly node: { readonly version: string; readonly supported: boolean };
  /** How packages are installed: `pnp` is Yarn's Plug'n'Play. */
  readonly installation: 'node_modules' | 'pnp' | 'none';
  /** The root of the workspace that the folder belongs to. */
  readonly workspace?: string;
  readonly starts: readonly ReportedStart[];
  /** The LLM SDKs that the application can load. */
  readonly sdks: readonly FoundSdk[];
  /** Other products that instrument the same calls. */
  readonly others: readonly FoundRival[];
  /** The packages of Outspan and OpenTelemetry that the application can load. */
  readonly packages: readonly InstalledPackage[];
  /** Where the application starts an OpenTelemetry SDK of its own. */
  readonly ownSdks: readonly OwnSdk[];
  /** Where `@outspan/node/register` sends by these variables; absent where an SDK of the application's own decides. */
  readonly exports?: readonly ExportSetting[];
  readonly patience?: Patience;
}

/** A copy of a package in a process: one for each folder and format. */
export interface ReportedCopy {
  readonly name: string;
  readonly version?: string;
  readonly format: Format;
  readonly folder: string;
  /** It made the registry that all copies register in, or registered the tracer provider there. */
  readonly holdsRegistry?: true;
}

/** An LLM SDK in a process. */
export interface ReportedSdk {
  readonly name: string;
  readonly version?: string;
  readonly format: Format;
  readonly folder: string;
  /** How its calls are known. */
  readonly boundary: Coverage | 'none';
  /** Whether its methods are hooked; absent where they need not be. */
  readonly hooked?: boolean;
  /** Why not, as far as that can be seen. */
  readonly why?: string;
}

/** One process of the application, or one thread of it. */
export interface ReportedThread {
  readonly pid: number;
  /** 0: the main thread. */
  readonly thread: number;
  /** Of Node.js. */
  readonly node: string;
  /** The script that it runs. */
  readonly script?: string;
  /** Absent where Outspan is not in it. `instrumentations`: made one by one, without `@outspan/node`. */
  readonly outspan?: { readonly version?: string; readonly entry: OutspanEntry | 'instrumentations'; /** Those that are on, with their versions. */ readonly instrumentations: Readonly<Record<string, string>> };
  /** What is registered with OpenTelemetry; absent where nothing is. */
  readonly registry?: Registry;
  readonly sdks: readonly ReportedSdk[];
  readonly copies: readonly ReportedCopy[];
  readonly calls: Readonly<Record<Coverage, Calls>>;
}

/** Something that Outspan or OpenTelemetry said, whether or not anybody heard it. */
export interface Said {
  readonly by: 'outspan' | 'opentelemetry';
  readonly level: 'error' | 'warn' | 'info';
  readonly text: string;
}

/** How the command ended. */
export interface Ended {
  /** `time`: it was stopped when its time was over; `signal`: the doctor was told to stop it. */
  readonly by: 'itself' | 'time' | 'signal';
  readonly code: number | null;
  readonly signal: string | null;
  /** It did not end when it was asked to, and was killed. */
  readonly killed: boolean;
  readonly seconds: number;
}

/** What `npx @outspan/node doctor --json -- COMMAND` prints. Later versions add to it. */
export interface RunReport extends Findings {
  readonly schema: 'outspan.doctor.run/1';
  /** The version of `@outspan/node` that made it. */
  readonly version: string;
  readonly folder: string;
  /** The command, without the arguments of its script: they may hold keys. */
  readonly command: string;
  readonly ended: Ended;
  readonly threads: readonly ReportedThread[];
  /** Where each signal goes, of all threads. */
  readonly exports: readonly ExportSetting[];
  readonly said: readonly Said[];
}
