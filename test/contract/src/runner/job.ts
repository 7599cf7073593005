import type { Outcome } from '../application/observation.ts';
import type { ModuleForm } from '../application/modules.ts';
import type { Pattern } from '../drivers/driver.ts';
import type { Json } from '../json.ts';

/** What traces the application: nothing; Outspan with its module hooks; its diagnostics channels alone; these, and clients observed by hand. */
export type Tracing = 'off' | 'hooked' | 'hookless' | 'observed';

/** What an application process is told. */
export interface Job {
  readonly form: ModuleForm;
  readonly tracing: Tracing;
  /** Whether each call is made inside a span of the application's. */
  readonly rooted: boolean;
  readonly concurrency: number;
  /** Folder of the folders from which modules are loaded. */
  readonly applications: string;
  /** File that the report is written to. */
  readonly report: string;
  readonly calls: readonly Call[];
}

/** One call to make. */
export interface Call {
  readonly cell: string;
  readonly driver: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly pattern: Pattern;
  readonly retries: number;
  readonly timeoutMs: number;
  readonly tools: boolean;
  /** Milliseconds after which the application aborts. */
  readonly giveUpMs: number;
}

/** A span as OTLP has it, as far as it is looked at. */
export interface RecordedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly scope: string;
  readonly name: string;
  readonly kind: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';
  readonly status: 'UNSET' | 'OK' | 'ERROR';
  readonly statusMessage?: string;
  readonly attributes: Readonly<Record<string, Json>>;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, Json>> }[];
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
}

/** What an application process tells while it runs: a call is over; or it wants to know when the provider has begun to answer one. */
export interface FromApplication {
  readonly kind: 'done' | 'watch';
  readonly cell: string;
}

/** What an application process tells when it is done. */
export interface Report {
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** Rejections that nobody handled; `cell` where the runtime tells. */
  readonly unhandled: readonly { readonly cell?: string; readonly reason: Json }[];
  /** Process warnings other than those about experimental features. */
  readonly warnings: readonly string[];
  /** What was said to OpenTelemetry's diagnostics logger at level warn or error. */
  readonly diagnostics: readonly string[];
  readonly spans: readonly RecordedSpan[];
  readonly started: number;
  readonly ended: number;
}

/** The attribute of the application's own span that names its cell. */
export const CELL_ATTRIBUTE = 'contract.cell';
