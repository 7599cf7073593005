import type { Pattern } from '@outspan/test-contract/drivers/driver';
import type { Canaries } from './canaries.ts';

/** One call to make. */
export interface Call {
  readonly cell: string;
  readonly driver: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly pattern: Pattern;
  readonly retries: number;
  readonly timeoutMs: number;
  readonly giveUpMs: number;
}

/** What an application process is told. */
export interface Job {
  readonly concurrency: number;
  /** Folder of the folders from which modules are loaded. */
  readonly applications: string;
  readonly canaries: Canaries;
  readonly calls: readonly Call[];
}

/** What an application process asks: how far the provider has come with a cell. */
export interface FromApplication {
  readonly watch: string;
}
