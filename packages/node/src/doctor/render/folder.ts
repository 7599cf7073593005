import type { Patience } from '../export-settings.ts';
import type { FoundSdk } from '../folder/facts.ts';
import type { FolderReport, ReportedStart } from '../report.ts';
import { exportLine, findingSections, section } from './sections.ts';

const BOUNDARIES: Readonly<Record<FoundSdk['boundary'], string>> = {
  sdk: 'sdk: its calls are known by its methods',
  native: 'native: the span that it makes itself is adopted',
  inferred: 'inferred: its calls are known by their requests',
  none: 'not covered',
};

const ENTRIES: Readonly<Record<ReportedStart['outspan'], string>> = {
  register: '@outspan/node/register',
  instrument: '@outspan/node/instrument',
  start: 'start() of @outspan/node',
  code: 'instrumentations in code',
  none: 'without Outspan',
  unknown: 'not known',
};

function places([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

function startLine({ file, line, name, outspan, runtime }: ReportedStart): string {
  const mark = outspan === 'none' ? '✗' : outspan === 'unknown' ? '?' : '✓';
  return `  ${mark} ${file}, ${name} · ${line} · ${runtime === 'Node.js' ? ENTRIES[outspan] : `${runtime}, ${ENTRIES[outspan]}`}`;
}

function sdkLine({ name, version, folders, boundary, tested, inTestedRange, note }: FoundSdk): string {
  const mark = boundary === 'none' ? '✗' : inTestedRange ? '✓' : '!';
  return `  ${mark} ${name} ${version} · ${BOUNDARIES[boundary]} · tested ${tested}${note === undefined ? '' : ` · ${note}`} · ${places(folders)}`;
}

function patienceLine({ keptItems, keptBytes, flushTimeout }: Patience): string {
  const kept = keptItems === 0 || keptBytes === 0 ? 'nothing is kept' : `${keptItems} spans and ${keptItems} log records are kept, ${keptBytes} bytes of each`;
  return `  · while a backend is away ${kept}; the last export takes at most ${flushTimeout} ms`;
}

function exportLines({ exports = [], patience }: FolderReport): string[] {
  return exports.length === 0 || patience === undefined ? [] : [...exports.map(exportLine), patienceLine(patience)];
}

/** A report of a folder for a reader, in lines. */
export function renderFolder(report: FolderReport): string[] {
  const { exports, folder, node, others, ownSdks, sdks, starts } = report;
  return [
    `@outspan/node in ${folder}`,
    `  ${node.supported ? '✓' : '✗'} Node.js ${node.version}`,
    ...section('Started by', starts.map(startLine), 'nothing that was found'),
    ...section('LLM SDKs', sdks.map(sdkLine), 'none that is known; other clients are covered from the wire'),
    ...(ownSdks.length === 0 ? [] : section('OpenTelemetry SDKs of its own', ownSdks.map(({ by, file }) => `  · ${by === file ? by : `${by} in ${file}`}`), '')),
    ...section('Other instrumentations', others.map(({ name, version, beside }) => `  ! ${name} ${version} ${beside}`), 'none'),
    ...section('Export', exportLines(report), exports === undefined ? "decided by the application's own SDK" : 'nothing is exported'),
    ...findingSections(report),
  ];
}
