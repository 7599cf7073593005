import type { Inspected } from '@outspan/core';
import type { Destination } from '../../last-export/destination.ts';

/** The format that a file was loaded in. */
export type Format = 'esm' | 'commonjs';

/** A package whose files were loaded, once for each folder and format. */
export interface LoadedPackage {
  readonly name: string;
  readonly version: string | undefined;
  readonly folder: string;
  readonly format: Format;
  /** The package's entry was loaded, and not only a part of it. */
  readonly entry: boolean;
  /** A file of it was loaded, as an ES module, before any Outspan instrumentation was on. */
  readonly early: boolean;
}

/** What is registered in OpenTelemetry's global registry. Names are those of classes. */
export interface Registry {
  /** The version of the API that registered first. */
  readonly version: string | undefined;
  readonly tracerProvider: { readonly name: string; readonly sampler: string | undefined; /** Undefined where they cannot be seen. */ readonly processors: readonly string[] | undefined } | undefined;
  readonly meterProvider: string | undefined;
  /** `api-logs`: registered by the logs API of SDK 2, outside of the registry. */
  readonly loggerProvider: { readonly name: string; readonly by: 'api' | 'api-logs' } | undefined;
  readonly contextManager: string | undefined;
  readonly propagator: { readonly name: string; readonly fields: readonly string[] } | undefined;
}

/** The signals of OpenTelemetry. */
export type SignalName = 'traces' | 'metrics' | 'logs';

/** An exporter, or a processor without one, of a provider that is registered. */
export interface SeenExporter {
  readonly signal: SignalName;
  /** Its class. */
  readonly name: string;
  /** Absent where it does not speak OTLP. */
  readonly destination?: Destination;
}

/** Outspan's own state in a thread. */
export interface OutspanState {
  /** Of `@outspan/node`; absent where instrumentations were made one by one. */
  readonly version: string | undefined;
  readonly started: 'register' | 'instrument' | undefined;
  /** The entries of `@outspan/node` that were loaded: `start()` does what `register` does. */
  readonly entries: readonly string[];
  /** The instrumentations that are on, by package name, with their versions. */
  readonly instrumentations: Readonly<Record<string, string>>;
}

/** The state of a thread at one moment. */
export interface Snapshot {
  readonly outspan: OutspanState | undefined;
  readonly registry: Registry | undefined;
  readonly packages: readonly LoadedPackage[];
  readonly exporters: readonly SeenExporter[];
}

/** Facts about a thread when it starts. */
export interface ThreadStart {
  readonly pid: number;
  readonly parent: number;
  /** 0: the main thread. */
  readonly thread: number;
  /** Of Node.js. */
  readonly version: string;
  /** The script that the process runs. Its arguments may hold keys. */
  readonly script: string | undefined;
  /** Whether ES modules can be listed. */
  readonly listsModules: boolean;
  readonly disabled: boolean;
}

/** A registration that a copy of the API took or refused. */
export interface Registration {
  readonly of: string;
  /** The folder of the copy. */
  readonly folder: string;
  readonly format: Format;
  /** `version`: another version registered first. `taken`: something is registered already. */
  readonly refused: 'version' | 'taken' | undefined;
  /** The file that asked for it, where the stack tells. */
  readonly from: string | undefined;
}

/** How many LLM calls were seen, and how many of their spans are recorded. */
export interface Calls {
  readonly seen: number;
  readonly recorded: number;
}

/** Calls by how they are known. */
export type CallsByBoundary = Readonly<Record<Extract<Inspected, { kind: 'call' }>['boundary'], Calls>>;

/** One line of a thread's report. */
export type ProbeRecord =
  | ({ readonly kind: 'start' } & ThreadStart)
  | ({ readonly kind: 'snapshot' } & Snapshot)
  | ({ readonly kind: 'registration' } & Registration)
  | { readonly kind: 'opentelemetry'; readonly level: 'error' | 'warn'; readonly text: string }
  | { readonly kind: 'calls'; readonly calls: CallsByBoundary }
  | (Extract<Inspected, { kind: 'hook' }> & { readonly format: Format })
  | Exclude<Inspected, { kind: 'hook' | 'call' }>;

/** The doctor's settings for its probes. */
export interface ProbeSettings {
  /** Packages whose loading is of interest. */
  readonly packages: readonly string[];
  /** Beginnings of the names of further ones. */
  readonly scopes: readonly string[];
  /** The versions of Node.js from which ES modules can be listed, by major: minor and patch. */
  readonly inThreadSince: Readonly<Record<number, readonly [minor: number, patch: number]>>;
}

/** The variable with the key for a probe's report and the folder of its settings: `key:folder`. */
export const VARIABLE = 'OUTSPAN_DOCTOR';
