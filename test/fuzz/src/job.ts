import type { ClientName } from './corpus.ts';

/** What an application is to do. */
export interface Job {
  readonly traced: boolean;
  readonly port: number;
  readonly calls: readonly { readonly id: string; readonly client: ClientName }[];
  /** Where its report goes. */
  readonly report: string;
}

/** What an application saw of one call. */
export interface Seen {
  /** Everything that it was given, in order, as JSON. */
  readonly values: string;
  readonly threw?: string;
}

/** A span as it was exported. */
export interface ExportedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What came of a job. The last four where it was traced. */
export interface Report {
  readonly seen: Readonly<Record<string, Seen>>;
  readonly unhandled: readonly string[];
  readonly started?: number;
  readonly ended?: number;
  readonly diagnostics?: readonly string[];
  readonly spans?: readonly ExportedSpan[];
}
