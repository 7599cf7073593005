import type { Plan } from './plan.ts';

/** With Outspan, or without. */
export type Variant = 'bare' | 'outspan';

/** Base URLs of the provider, by what their requests meet. */
export interface Endpoints {
  /** A healthy stream of the plan's length. */
  readonly steady: string;
  /** The same stream without its pauses. */
  readonly brisk: string;
  /** A healthy stream that takes as long as the load. */
  readonly idle: string;
  /** Now a failure that is worth another try, now an answer. */
  readonly shaky: string;
  /** By the fault's id. */
  readonly faults: Readonly<Record<string, string>>;
}

/** What an application process is told. */
export interface Job {
  readonly variant: Variant;
  readonly plan: Plan;
  readonly endpoints: Endpoints;
  /** Where its heap snapshots go. */
  readonly folder: string;
}

/** When a sample was taken. */
export type Moment = 'baseline' | 'load' | 'end';

/** One look at an application process, after a garbage collection. */
export interface Sample {
  readonly moment: Moment;
  /** Seconds since the load began; 0 for the baseline. */
  readonly at: number;
  readonly heapUsed: number;
  readonly external: number;
  readonly rss: number;
  /** `process.getActiveResourcesInfo()`, counted by type. */
  readonly resources: Readonly<Record<string, number>>;
  /** Milliseconds that the event loop was late since the last sample, garbage collections for samples left out. */
  readonly loopDelay: { readonly mean: number; readonly p99: number; readonly max: number };
  /** Calls made so far. */
  readonly calls: number;
  /** Operations that Outspan holds open, by its own metric. 0 without it. */
  readonly openOperations: number;
}

/** A sample, and what the provider saw at the same moment. */
export interface Observed extends Sample {
  /** Sockets open at the provider. */
  readonly sockets: number;
}

/** How many spans came to each of their stations. */
export interface SpanCounts {
  readonly started: number;
  readonly ended: number;
  readonly exported: number;
}

/** What an application process says at its end. */
export interface Farewell {
  /** By the scope that made them. */
  readonly spans: Readonly<Record<string, SpanCounts>>;
  /** How often each use of a call was made. */
  readonly uses: Readonly<Record<string, number>>;
  /** Warnings and errors of OpenTelemetry's diag. */
  readonly diagnostics: readonly string[];
  /** Rejections that nobody handled. */
  readonly unhandled: readonly string[];
  /** Whether every connection could be closed properly, with nothing under way. */
  readonly poolClosed: boolean;
}

/** From the application to the one who started it. */
export type FromApplication = { readonly sample: Sample } | { readonly snapshot: Moment; readonly file: string } | { readonly farewell: Farewell };
