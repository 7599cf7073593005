import type { CellResult } from './cell.ts';
import { paired, spread } from './statistics.ts';
import type { Spread } from './statistics.ts';
import { VARIANTS } from './variants.ts';
import type { VariantId } from './variants.ts';
import type { WorkloadId } from './workloads.ts';

/** What was measured: per workload and variant one result per round. */
export type Measured = Partial<Record<WorkloadId, Partial<Record<VariantId, readonly CellResult[]>>>>;

export interface CpuFigures {
  readonly variant: VariantId;
  /** Microseconds of CPU per operation. */
  readonly cpu: Spread;
  /** Microseconds more than the bare SDK in the same round. */
  readonly added: Spread;
  /** Multiple of the bare SDK in the same round. */
  readonly ratio: Spread;
  readonly spansPerOperation: number;
}

/** The figures of a CPU workload, in the order in which its variants were run. */
export function cpuFigures(measured: Partial<Record<VariantId, readonly CellResult[]>>): CpuFigures[] {
  const bare = cpuOf(measured.bare);
  return variantsOf(measured).map(([variant, results]) => {
    const cpu = cpuOf(results);
    return {
      variant,
      cpu: spread(cpu),
      added: spread(paired(cpu, bare, (a, b) => a - b)),
      ratio: spread(paired(cpu, bare, (a, b) => a / b)),
      spansPerOperation: spread(results.map((result) => result.spansPerOperation ?? 0)).median,
    };
  });
}

export interface MemoryFigures {
  readonly variant: VariantId;
  /** Bytes per open stream at each checkpoint, more than the bare SDK's in the same round. */
  readonly added: readonly Spread[];
}

export function memoryFigures(measured: Partial<Record<VariantId, readonly CellResult[]>>): MemoryFigures[] {
  const bare = memoryOf(measured.bare);
  return variantsOf(measured).map(([variant, results]) => {
    const rounds = memoryOf(results);
    const checkpoints = (rounds[0] ?? []).map((_, checkpoint) => ({
      own: rounds.map((round) => round[checkpoint] ?? Number.NaN),
      bare: bare.map((round) => round[checkpoint] ?? Number.NaN),
    }));
    return {
      variant,
      added: checkpoints.map((at) => spread(paired(at.own, at.bare, (a, b) => a - b))),
    };
  });
}

function variantsOf(measured: Partial<Record<VariantId, readonly CellResult[]>>): [VariantId, readonly CellResult[]][] {
  return Object.entries(measured).filter((entry): entry is [VariantId, readonly CellResult[]] => entry[0] in VARIANTS);
}

function cpuOf(results: readonly CellResult[] | undefined): number[] {
  return (results ?? []).map(({ cpu }) => cpu ?? Number.NaN);
}

function memoryOf(results: readonly CellResult[] | undefined): (readonly number[])[] {
  return (results ?? []).map(({ memory }) => memory ?? []);
}
