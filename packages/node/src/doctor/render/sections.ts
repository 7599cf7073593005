import type { ExportSetting } from '../ask.ts';
import type { Findings, ReportedFinding } from '../report.ts';

/** A section: its title, and its lines, or `none`. */
export function section(title: string, lines: readonly string[], none: string): string[] {
  return ['', title, ...(lines.length === 0 ? [`  ${none}`] : lines)];
}

/** Where one signal goes. */
export function exportLine({ signal, protocol, url, headers = [], compression, certificates = [], answers, reason }: ExportSetting): string {
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

function findingLines(mark: string, findings: readonly ReportedFinding[]): string[] {
  return findings.flatMap(({ says, fix }) => [`  ${mark} ${says}`, ...(fix === undefined ? [] : [`    → ${fix}`])]);
}

/** The sections of findings. The last one, the problems, is always there. */
export function findingSections({ problems, unknown, notes }: Findings): string[] {
  return [
    ...(notes.length === 0 ? [] : section('Notes', findingLines('·', notes), '')),
    ...(unknown.length === 0 ? [] : section('Not seen from here', findingLines('?', unknown), '')),
    ...section('Problems', findingLines('✗', problems), unknown.length === 0 ? 'none' : 'none that can be seen from here'),
  ];
}
