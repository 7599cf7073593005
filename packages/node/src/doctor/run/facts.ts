import type { ExportSetting } from '../ask.ts';
import type { FolderFacts } from '../folder/facts.ts';
import type { Calls, OutspanState, ProbeRecord, Registration, Registry, ThreadStart } from '../probe/record.ts';
import type { Ended, ReportedSdk, Said } from '../report.ts';
import type { Coverage } from '../../coverage.ts';
import type { LoadedPackage } from '../probe/record.ts';
import type { Target } from './target.ts';

/** What is known of one thread of the application. */
export interface ThreadFacts extends ThreadStart {
  readonly outspan: OutspanState | undefined;
  readonly registry: Registry | undefined;
  readonly packages: readonly LoadedPackage[];
  readonly sdks: readonly ReportedSdk[];
  readonly calls: Readonly<Record<Coverage, Calls>>;
  readonly registrations: readonly Registration[];
  /** The causes of Outspan's announcements. */
  readonly announced: ReadonlySet<string>;
  readonly said: readonly Said[];
}

/** Everything that a run has shown. Checks are functions of it. */
export interface RunFacts {
  readonly target: Target;
  readonly ended: Ended;
  /** The threads that matter: those that use an SDK, or else all of the application. */
  readonly threads: readonly ThreadFacts[];
  readonly exports: readonly ExportSetting[];
  /** Whether the variables say that no traces are to be exported. */
  readonly exportsNoTraces: boolean;
  /** The commands in the folder that start the application. */
  readonly starts: FolderFacts['starts'];
  readonly hasOwnSdk: boolean;
}

/** The records of one kind. */
export function recordsOf<K extends ProbeRecord['kind']>(records: readonly ProbeRecord[], kind: K): Extract<ProbeRecord, { kind: K }>[] {
  return records.filter((record): record is Extract<ProbeRecord, { kind: K }> => record.kind === kind);
}
