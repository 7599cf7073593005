import { styleText } from 'node:util';
import { bars } from './bars.ts';
import type { Bar } from './bars.ts';
import { cpuFigures, memoryFigures } from './figures.ts';
import type { Measured } from './figures.ts';
import type { Spread } from './statistics.ts';
import { VARIANTS } from './variants.ts';
import type { VariantId } from './variants.ts';
import { WORKLOADS } from './workloads.ts';
import type { MemoryWorkload, WorkloadId } from './workloads.ts';

/** The figures as Markdown tables, then the bars. */
export function report(measured: Measured, workloads: readonly WorkloadId[]): string {
  const sections = workloads.map((id) => {
    const workload = WORKLOADS[id];
    const table = workload.kind === 'cpu' ? cpuTable(measured, id) : memoryTable(measured, id, workload);
    return [`### ${workload.title}`, '', ...table, ''].join('\n');
  });
  return [...sections, ...bars(measured).map(barLine)].join('\n');
}

function cpuTable(measured: Measured, id: WorkloadId): string[] {
  return markdown(
    ['variant', 'CPU µs per call', 'quartiles', 'added µs', 'quartiles', '× bare', 'quartiles', 'spans per call'],
    cpuFigures(measured[id] ?? {}).map(({ variant, cpu, added, ratio, spansPerOperation }) => [
      title(variant),
      ...figure(cpu, 0),
      ...figure(added, 0),
      ...figure(ratio, 3),
      spanCount(variant, spansPerOperation),
    ]),
  );
}

/** Only differences to the bare SDK: what a process has in use by itself is not constant enough to tell a stream's share of it. */
function memoryTable(measured: Measured, id: WorkloadId, workload: MemoryWorkload): string[] {
  const heads = workload.checkpoints.map((bytes) => `${bytes >= 100_000 ? `${bytes / 1_000_000} MB` : `${bytes / 1_000} KB`} in`);
  return markdown(
    ['KiB per open stream, more than bare', ...heads.flatMap((head) => [head, 'quartiles'])],
    memoryFigures(measured[id] ?? {})
      .filter(({ variant }) => variant !== 'bare')
      .map(({ variant, added }) => [title(variant), ...added.flatMap((spread) => figure(inKib(spread), 0))]),
  );
}

function title(variant: VariantId): string {
  return VARIANTS[variant].title;
}

function figure({ median, lower, upper }: Spread, digits: number): string[] {
  return [median.toFixed(digits), `${lower.toFixed(digits)} … ${upper.toFixed(digits)}`];
}

function inKib({ median, lower, upper }: Spread): Spread {
  return { median: median / 1_024, lower: lower / 1_024, upper: upper / 1_024 };
}

function spanCount(variant: VariantId, count: number): string {
  const expected = VARIANTS[variant].spansPerOperation;
  return Math.abs(count - expected) < 0.01 ? String(expected) : `${count.toFixed(2)} (should be ${expected})`;
}

function barLine({ says, value, limit, unit, met }: Bar): string {
  const verdict = met ? styleText('green', 'pass') : styleText('red', 'MISS');
  const digits = unit === 'bytes' ? 0 : 3;
  return `${verdict}  ${says}: ${value.toFixed(digits)} ${unit} (limit ${limit} ${unit})`;
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}
