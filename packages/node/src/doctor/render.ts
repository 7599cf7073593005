import type { ExportSetting, Patience } from './export-settings.ts';
import type { Diagnosis, FoundSdk } from './examine.ts';

const WORDS: Readonly<Record<FoundSdk['boundary'], string>> = {
  sdk: 'sdk: its calls are known by its methods',
  native: 'native: the span that it makes itself is adopted',
  inferred: 'inferred: its calls are known by their requests',
  none: 'not covered',
};

function places([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

function sdkLine({ name, version, folders, boundary, tested, inTestedRange, note }: FoundSdk): string {
  const mark = boundary === 'none' ? '✗' : inTestedRange ? '✓' : '!';
  return `  ${mark} ${name} ${version} · ${WORDS[boundary]} · tested ${tested}${note === undefined ? '' : ` · ${note}`} · ${places(folders)}`;
}

function exportLine({ signal, protocol, url, headers = [], compression, certificates = [], answers, reason }: ExportSetting): string {
  const parts = [
    `${signal} · ${protocol}`,
    url,
    headers.length === 0 ? undefined : `headers ${headers.map((name) => `${name}=***`).join(' ')}`,
    compression,
    certificates.length === 0 ? undefined : `certificates ${certificates.join(' ')}`,
    answers === undefined ? undefined : answers ? 'answers' : `does not take it: ${reason}`,
  ];
  return `  ${answers === false ? '✗' : '✓'} ${parts.filter((part) => part !== undefined).join(' · ')}`;
}

function patienceLine({ keptItems, keptBytes, flushTimeout }: Patience): string {
  const kept = keptItems === 0 || keptBytes === 0 ? 'nothing is kept' : `${keptItems} spans and ${keptItems} log records are kept, ${keptBytes} bytes of each`;
  return `  · while a backend is away ${kept}; the last export takes at most ${flushTimeout} ms`;
}

function section(title: string, lines: readonly string[], none: string): string[] {
  return ['', title, ...(lines.length === 0 ? [`  ${none}`] : lines)];
}

/** A diagnosis for a reader, in lines. */
export function render(diagnosis: Diagnosis): string[] {
  const { folder, node, sdks, others, exports, patience, problems } = diagnosis;
  return [
    `@outspan/node in ${folder}`,
    `  ${node.supported ? '✓' : '✗'} Node.js ${node.version}`,
    ...section('LLM SDKs', sdks.map(sdkLine), 'none that is known; other clients are covered from the wire'),
    ...section('Other instrumentations', others.map(({ name, version, beside }) => `  ! ${name} ${version} ${beside}`), 'none'),
    ...section('Export', exports.length === 0 ? [] : [...exports.map(exportLine), patienceLine(patience)], 'nothing is exported'),
    ...section('Problems', problems.map((problem) => `  ✗ ${problem}`), 'none'),
  ];
}
