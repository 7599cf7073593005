import manifest from '../../../package.json' with { type: 'json' };
import { settingOf, type ExportSetting } from '../ask.ts';
import { RUN_CHECKS } from '../checks/run/table.ts';
import { findingsOf, sorted } from '../finding.ts';
import { manifestIn } from '../folder/manifest.ts';
import { examineStarts } from '../folder/starts.ts';
import type { Destination } from '../../last-export/destination.ts';
import type { SeenExporter } from '../probe/record.ts';
import type { Ended, ReportedCopy, ReportedThread, RunReport } from '../report.ts';
import type { OutspanEntry } from '../sources/code.ts';
import { sourcesOf } from '../sources/files.ts';
import type { RunFacts, ThreadFacts } from './facts.ts';
import { launch } from './launch.ts';
import { masked, secretsOf } from './masked.ts';
import { prepareReports } from './reports.ts';
import { targetOf, withoutArguments, type Target } from './target.ts';
import { threadOf, threadsThatMatter } from './thread.ts';

/** What to run, and how. */
export interface Run {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** The words of the command, or the name of a script. */
  readonly words: readonly string[];
  /** Seconds after which it is stopped. */
  readonly seconds: number;
  /** Whether backends are asked. */
  readonly asks: boolean;
  /** Whether standard output is the report's alone. */
  readonly keepsOutput: boolean;
}

function entryOf({ outspan, packages }: ThreadFacts): OutspanEntry | 'instrumentations' {
  if (outspan?.version === undefined) return 'instrumentations';
  if (outspan.started === 'register') return outspan.entries.includes('register') || !packages.some(({ name }) => name === '@outspan/node') ? 'register' : 'start';
  return outspan.started ?? 'code';
}

/** Whether a copy of the API registered the tracer provider; or made the registry, where none did. */
function holds({ name, version, folder, format }: ThreadFacts['packages'][number], { registrations, registry }: ThreadFacts): boolean {
  if (name !== '@opentelemetry/api') return false;
  const taken = registrations.filter(({ refused }) => refused === undefined);
  const made = taken.find(({ of }) => of === 'trace') ?? taken[0];
  return made === undefined ? version !== undefined && version === registry?.version : made.folder === folder && made.format === format;
}

function reported(thread: ThreadFacts): ReportedThread {
  const { calls, outspan, packages, pid, registry, script, sdks, version, thread: id } = thread;
  const copies = packages
    .filter(({ name }) => name.startsWith('@outspan/') || name.startsWith('@opentelemetry/'))
    .map((one): ReportedCopy => ({ name: one.name, ...(one.version !== undefined && { version: one.version }), format: one.format, folder: one.folder, ...(holds(one, thread) && { holdsRegistry: true }) }));
  return {
    pid,
    thread: id,
    node: version,
    ...(script !== undefined && { script }),
    ...(outspan !== undefined && { outspan: { ...(outspan.version !== undefined && { version: outspan.version }), entry: entryOf(thread), instrumentations: outspan.instrumentations } }),
    ...(registry !== undefined && { registry }),
    sdks,
    copies,
    calls,
  };
}

/** Exporters that are the same in several threads, once. */
function distinct(exporters: readonly SeenExporter[]): SeenExporter[] {
  const key = ({ signal, name, destination }: SeenExporter): string => JSON.stringify([signal, destination?.url ?? name, destination?.headers]);
  return [...new Map(exporters.map((one) => [key(one), one])).values()];
}

/** Starts the application with the probe in it, and reports on what the run has shown. Undefined where there is no such command. */
export async function examineRun({ asks, environment, folder, keepsOutput, seconds, words }: Run): Promise<RunReport | { readonly failed: string }> {
  const ofFolder = manifestIn(folder);
  const target = targetOf(words, folder, ofFolder, environment['PATH']);
  if (target === undefined) return { failed: 'there is no command behind --' };
  const reports = prepareReports();
  try {
    const permission = target.command.kind === 'node' && target.script === undefined && target.command.options.permission;
    const ended = await launch({ ...target, folder, environment: reports.environment(environment, permission), keepsOutput, time: seconds * 1_000, processes: () => reports.processes() });
    const read = reports.read().flatMap((records) => threadOf(records) ?? []);
    return reportOf({ target, ended, read, folder, environment, asks });
  } catch (error) {
    return { failed: `${target.program} cannot be started: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    reports.remove();
  }
}

interface Outcome {
  readonly target: Target;
  readonly ended: Ended;
  readonly read: readonly NonNullable<ReturnType<typeof threadOf>>[];
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly asks: boolean;
}

function reportOf({ asks, ended, environment, folder, read, target }: Outcome): RunReport {
  const threads = threadsThatMatter(read.map(({ thread }) => thread));
  const exporters = distinct(read.filter(({ thread }) => threads.includes(thread)).flatMap(({ snapshot }) => snapshot.exporters));
  const destinations = exporters.flatMap(({ destination }): Destination[] => (destination === undefined ? [] : [destination]));
  const exports = exporters.map(({ signal, name, destination }): ExportSetting => settingOf(signal, name, destination, asks));
  const facts: RunFacts = {
    target,
    ended,
    threads,
    exports,
    exportsNoTraces: environment['OTEL_TRACES_EXPORTER']?.trim().toLowerCase() === 'none',
    starts: examineStarts(folder, manifestIn(folder), environment),
    hasOwnSdk: sourcesOf(folder).some(({ code }) => code.startsSdk !== undefined),
  };
  const said = new Map(threads.flatMap((thread) => thread.said).map((one) => [`${one.by} ${one.text}`, one]));
  const report: RunReport = {
    schema: 'outspan.doctor.run/1',
    version: manifest.version,
    folder,
    command: withoutArguments(target),
    ended,
    threads: threads.map(reported),
    exports,
    said: [...said.values()],
    ...sorted(findingsOf(RUN_CHECKS, facts)),
  };
  return masked(report, secretsOf(destinations, environment));
}
