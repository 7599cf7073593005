import type { Coverage } from '../../coverage.ts';
import type { Ended, ReportedCopy, ReportedSdk, ReportedThread, RunReport, Said } from '../report.ts';
import { exportLine, findingSections, section } from './sections.ts';

/** Characters of a message that are shown. The JSON document has all of it. */
const SAID = 300;

/** A folder or file, from the application's folder where it is inside. */
function shortened(path: string, folder: string): string {
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

const FORMATS = { esm: 'ES module', commonjs: 'CommonJS' } as const;

const ENTRIES: Readonly<Record<NonNullable<ReportedThread['outspan']>['entry'], string>> = {
  register: 'by @outspan/node/register',
  start: 'by start() of @outspan/node',
  instrument: 'by @outspan/node/instrument',
  code: 'by outspanInstrumentations()',
  instrumentations: 'by instrumentations made in code',
};

const BOUNDARIES: readonly Coverage[] = ['sdk', 'native', 'inferred'];

function outspanLine({ outspan }: ReportedThread): string {
  if (outspan === undefined) return '  ✗ Outspan is not in it';
  const on = Object.keys(outspan.instrumentations).map((name) => name.replace('@outspan/instrumentation-', ''));
  return `  ${on.length === 0 ? '✗' : '✓'} Outspan ${outspan.version ?? Object.values(outspan.instrumentations)[0] ?? ''} ${ENTRIES[outspan.entry]} · on: ${on.join(', ') || 'none'}`;
}

function registryLines({ registry }: ReportedThread): string[] {
  if (registry === undefined) return ['  ✗ OpenTelemetry: nothing is registered'];
  const { contextManager, loggerProvider, meterProvider, propagator, tracerProvider, version } = registry;
  const parts = [
    tracerProvider === undefined ? 'no tracer provider' : `traces ${tracerProvider.name}`,
    `metrics ${meterProvider ?? 'none'}`,
    `logs ${loggerProvider === undefined ? 'none' : `${loggerProvider.name}${loggerProvider.by === 'api-logs' ? ' (by @opentelemetry/api-logs)' : ''}`}`,
    `context ${contextManager ?? 'none'}`,
    `propagation ${propagator === undefined ? 'none' : propagator.fields.join(' ') || propagator.name}`,
  ];
  const processors = tracerProvider?.processors ?? [];
  return [
    `  ${tracerProvider === undefined ? '✗' : '✓'} OpenTelemetry${version === undefined ? '' : `, registered by API ${version}`} · ${parts.join(' · ')}`,
    ...(tracerProvider === undefined ? [] : [`    spans go to ${processors.length === 0 ? (tracerProvider.processors === undefined ? 'what cannot be seen' : 'nothing') : processors.join(', ')}${tracerProvider.sampler === undefined ? '' : ` · sampler ${tracerProvider.sampler.replace(/, remote.*/s, '}')}`}`]),
  ];
}

function sdkLine({ name, version, format, hooked, boundary, why, folder }: ReportedSdk, from: string): string {
  const state = hooked === true ? 'hooked' : hooked === false ? `not hooked: ${why}` : (why ?? 'needs no hook');
  return `  ${boundary === 'none' ? '✗' : hooked === false && boundary !== 'native' ? '!' : '✓'} ${name} ${version ?? ''} · ${FORMATS[format]} · ${state} · ${boundary === 'none' ? 'not traced' : `boundary ${boundary}`} · ${shortened(folder, from)}`;
}

function callsLine({ calls }: ReportedThread): string {
  const seen = BOUNDARIES.filter((boundary) => calls[boundary].seen > 0);
  if (seen.length === 0) return '  · no LLM call was seen';
  const lost = seen.some((boundary) => calls[boundary].recorded < calls[boundary].seen);
  return `  ${lost ? '✗' : '✓'} LLM calls: ${seen.map((boundary) => `${calls[boundary].seen} ${boundary} (${calls[boundary].recorded} recorded)`).join(', ')}`;
}

/** Copies in one line each; Outspan's packages of one version and format in one for all. */
function copyLines(copies: readonly ReportedCopy[], from: string): string[] {
  const what = ({ format, version }: ReportedCopy): string => `${version ?? ''} · ${FORMATS[format]}`;
  const ours = copies.filter(({ name }) => name.startsWith('@outspan/'));
  const kinds = [...new Set(ours.map(what))].map((kind) => {
    const all = ours.filter((copy) => what(copy) === kind);
    return `    @outspan/* ${kind} · ${all.length} packages · ${shortened((all.find(({ name }) => name === '@outspan/core') ?? all[0])?.folder ?? '', from)}`;
  });
  const others = copies.filter(({ name }) => !name.startsWith('@outspan/'));
  return [...kinds, ...others.map((copy) => `    ${copy.name} ${what(copy)}${copy.holdsRegistry === true ? ' · holds the registry' : ''} · ${shortened(copy.folder, from)}`)];
}

function threadLines(thread: ReportedThread, from: string): string[] {
  const { copies, node, pid, script, sdks } = thread;
  return [
    '',
    `${thread.thread === 0 ? `Process ${pid}` : `Worker thread ${thread.thread} of process ${pid}`} · Node.js ${node}${script === undefined ? '' : ` · ${shortened(script, from)}`}`,
    outspanLine(thread),
    ...registryLines(thread),
    ...sdks.map((sdk) => sdkLine(sdk, from)),
    callsLine(thread),
    ...(copies.length === 0 ? [] : ['  Copies in it', ...copyLines(copies, from)]),
  ];
}

function endedWords({ by, code, killed, seconds, signal }: Ended): string {
  const how = killed ? 'was killed' : by === 'time' ? 'was stopped' : by === 'signal' ? 'was stopped by a signal' : code === null ? `ended by ${signal}` : `ended with ${code}`;
  return `${how} after ${seconds} s`;
}

function saidLine({ by, level, text }: Said): string {
  return `  ${level === 'info' ? '·' : '!'} ${by} ${level}: ${text.length > SAID ? `${text.slice(0, SAID)}…` : text}`;
}

/** A report of a run for a reader, in lines. */
export function renderRun(report: RunReport): string[] {
  const { command, ended, exports, folder, said, threads } = report;
  return [
    `@outspan/node: \`${command}\` ${endedWords(ended)}`,
    ...threads.flatMap((thread) => threadLines(thread, folder)),
    ...section('Export', exports.map(exportLine), 'nothing that was seen'),
    ...section('Messages of Outspan and OpenTelemetry', said.map(saidLine), 'nothing'),
    ...findingSections(report),
  ];
}
