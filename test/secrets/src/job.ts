import type { Call as ContractCall } from '@outspan/test-contract/runner/job';
import type { Canaries } from './canaries.ts';

/** One call to make: its tools are the canaries' own. */
export type Call = Omit<ContractCall, 'tools'>;

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
